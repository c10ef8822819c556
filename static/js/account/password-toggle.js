// Shows a password while it is typed; it is still sent and remembered as a password.

for (const field of document.querySelectorAll("[data-reveal]")) {
  const button = document.createElement("button");
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.textContent = isShown ? field.dataset.conceal : field.dataset.reveal;
  };
  button.type = "button";
  button.className = "text-button";
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
  field.after(button);
  show(false);
}
