// Asks the device to create a passkey or sign in with one, and sends its answer with the form.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
const keys = (list) => list.map((key) => ({ ...key, id: bytes(key.id) }));

const create = (options) => navigator.credentials.create({
  publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: keys(options.excludeCredentials),
  },
});
const get = (options) => navigator.credentials.get({
  publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) },
});

const REASONS = { SecurityError: "insecure", InvalidStateError: "known" };

/** The message that says why this browser can't use passkeys; none if it can. */
const obstacle = () => {
  if (!window.isSecureContext) return "insecure";
  return window.PublicKeyCredential?.prototype.toJSON ? "" : "unsupported";
};

async function ask({ newPasskey, passkeyOptions }) {
  if (newPasskey) return create(JSON.parse(newPasskey));
  const answer = await fetch(passkeyOptions);
  return get(await answer.json());
}

for (const form of document.querySelectorAll("[data-new-passkey], [data-passkey-options]")) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = trouble.dataset[obstacle()] ?? "";
    if (trouble.textContent) return;
    try {
      const credential = await ask(form.dataset);
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      trouble.textContent = trouble.dataset[REASONS[error.name] ?? "stopped"];
    }
  });
}
