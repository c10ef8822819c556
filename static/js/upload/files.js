// The form that uploads, watched while it sends: files that are chosen, dropped or pasted, several at
// once, each with its progress. Without this script the form is sent as a whole.

import { csrfOf } from "../forms.js";
import { receive, Sending } from "./upload-rows.js";
import { smaller } from "./image-resize.js";

const form = document.querySelector("[data-send]");
const field = form.elements.file;
const list = form.querySelector("[data-uploads]");
const fields = () => ({ csrf_token: csrfOf(form), page: form.elements.page.value });
const side = Number(list.dataset.side);
const sending = new Sending(list, form.dataset.send, fields, (file) => smaller(file, side));

// Once something is stored and no upload is in progress, there is nothing to cancel.
const leave = form.querySelector("[data-done]");
const cancel = leave.textContent;
let isStored = false;
const fit = (isSending) => { leave.textContent = isStored && !isSending ? leave.dataset.done : cancel; };

const store = (stored) => {
  isStored ||= Boolean(stored);
  fit(list.querySelectorAll("progress").length > 1); // its own bar is still there
  if (!stored) return undefined;
  const link = document.createElement("a");
  link.href = new URL(`./${stored.id}`, new URL(form.dataset.send, location.href));
  link.textContent = stored.name;
  link.dir = "auto";
  const words = document.createElement("span");
  words.setAttribute("role", "status");
  words.append(`${list.dataset.stored} `, link);
  return words;
};

function send(file) {
  sending.add(file, store);
  fit(true);
}

form.addEventListener("submit", (event) => {
  if (!field.files.length) return; // the server says what is missing
  event.preventDefault();
  for (const file of field.files) send(file);
  field.value = "";
});
receive(document.body, send); // a paste without a focus comes here
