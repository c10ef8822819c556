// What scripts send of a form.

/** The token without which the server takes nothing from this session. */
export const csrfOf = (form) => form.elements.csrf_token.value;

/** Every field but files, as a form without scripts would send it. */
export const textsOf = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
