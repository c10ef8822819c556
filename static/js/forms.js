// Values of a form for requests by scripts.

/** The CSRF token, without which the server accepts nothing from this session. */
export const csrfOf = (form) => form.elements.csrf_token.value;

/** Every field but files, as a form without scripts would send it. */
export const textsOf = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));

/** The same as the server sent it, whatever was typed, or restored by the browser, since. */
export function defaultsOf(form) {
  const fields = new URLSearchParams();
  for (const field of form.elements) {
    if (!field.name || field.disabled || ["button", "fieldset", "file", "output", "submit"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.defaultChecked) fields.append(field.name, field.value);
    } else if (field.options) {
      const chosen = [...field.options].filter((option) => option.defaultSelected);
      for (const { value } of chosen.length || field.multiple ? chosen : [...field.options].slice(0, 1)) fields.append(field.name, value);
    } else {
      fields.append(field.name, field.defaultValue);
    }
  }
  return fields;
}
