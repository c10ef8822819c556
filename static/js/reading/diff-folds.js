// Folded lines of a difference open in their place: the server shows them, this puts them in.

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-unfold] a[data-open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const address = link.href;
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = page.querySelector("[data-unfold] > tbody");
    document.querySelector("[data-unfold] > tbody").replaceWith(document.importNode(rows, true));
    history.replaceState(null, "", address);
    const line = document.getElementById(`nx-line-${link.dataset.open}`);
    line.tabIndex = -1;
    line.focus({ preventScroll: true });
  } catch {
    location.assign(address);
  }
});
