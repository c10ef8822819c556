// The rules for static/css. What is off is off for a reason of the house.

export default {
  extends: "stylelint-config-standard",
  rules: {
    "import-notation": "string", // what wiki/web/assets.py puts the parts in the place of
    // A rule stands on one line as long as it can be read in one go; parts of a kind stand together.
    "declaration-block-single-line-max-declarations": null,
    "at-rule-empty-line-before": null,
    "comment-empty-line-before": null,
    "custom-property-empty-line-before": null,
    "declaration-empty-line-before": null,
    "rule-empty-line-before": null,
    // `width >= 40rem` is not read by browsers from before 2023, which read the rest.
    "media-feature-range-notation": "prefix",
    // Every colour of a token has six digits, or eight: tests compute with them.
    "color-hex-length": "long",
    // A selector of a narrow screen may stand below a stronger one of the wide: media queries aren't seen here.
    "no-descending-specificity": null,
    "property-no-vendor-prefix": [true, { ignoreProperties: ["-webkit-text-size-adjust", "text-size-adjust", "box-decoration-break", "box-orient"] }],
    "value-keyword-case": ["lower", { ignoreKeywords: ["currentColor"], ignoreProperties: ["/^--/", "font-family"] }],
    "max-nesting-depth": 3,
    "selector-max-id": 0,
    "declaration-no-important": [true, { severity: "error" }],
  },
};
