"""Words that fit nowhere."""

LONG_TITLE = (
    "How the community of learners keeps what it knows about deserialisation of deeply nested "
    "GenericForeignKeyRelationshipSerializerMixins without losing its patience"
)
LONG_WORD = "pneumonoultramicroscopicsilicovolcanoconiosis" * 6
