// Submitting the form waits for files that are being uploaded, and says so. Writers who don't want to wait
// save without them, or continue writing.

const AGAIN = 3000; // ms in which a second press counts as the first

export class Saving {
  constructor(form, uploads) {
    this.form = form;
    this.uploads = uploads;
    this.box = form.querySelector("[data-waiting]");
    this.said = this.box.querySelector("[data-waiting-words]");
    this.sentAt = -AGAIN;
    form.addEventListener("submit", (event) => this.hold(event), { capture: true });
    addEventListener("pageshow", () => { this.sentAt = -AGAIN; });
    this.box.querySelector("[data-stop]").onclick = () => {
      uploads.stop();
      this.go();
    };
    this.box.querySelector("[data-stay]").onclick = () => {
      this.close();
      form.elements.text.focus();
    };
    if (uploads) uploads.ended = (failed) => this.look(failed);
  }

  hold(event) {
    this.uploads?.finish();
    const isWaiting = this.uploads?.count > 0;
    if (!isWaiting && performance.now() - this.sentAt > AGAIN) {
      this.sentAt = performance.now();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!isWaiting) return;
    this.submitter = event.submitter;
    this.isHeld = true;
    this.say();
  }

  say() {
    const { one, many } = this.box.dataset;
    const { count } = this.uploads;
    const words = count === 1 ? one : many.replace("{count}", count);
    if (this.said.textContent !== words) this.said.textContent = words;
    this.box.classList.remove("failed");
    this.box.hidden = false;
    const folded = this.box.closest("details:not([open])");
    if (folded) folded.open = true;
  }

  /** After a file has arrived, was stopped or couldn't be sent; in the last case, the writer decides. */
  look(failed) {
    if (!this.isHeld) return;
    if (failed) {
      this.isHeld = false;
      this.said.textContent = this.box.dataset.failed.replace("{name}", () => failed);
      this.box.classList.add("failed");
    } else if (this.uploads.count) this.say();
    else this.go();
  }

  go() {
    const { submitter } = this;
    this.close();
    this.form.requestSubmit(submitter);
  }

  close() {
    this.isHeld = false;
    this.box.hidden = true;
  }
}
