// Tells the stylesheet the height of what stays in view, so that it never covers the focused field. If an
// on-screen keyboard covers the page instead of shrinking it, what stays in view moves up.

export function keepFocusInView(form) {
  const root = document.documentElement;
  const bar = form.querySelector(".editor-bar");
  const above = [form.querySelector("[data-views]"), form.querySelector(".editor-label")];
  const below = [bar, bar.querySelector("[data-keep-status]")].filter(Boolean);
  const high = (parts) => parts.reduce((sum, part) => sum + part.offsetHeight, 0);
  const sizes = new ResizeObserver(() => {
    root.style.setProperty("--above", `${high(above)}px`);
    root.style.setProperty("--below", `${high(below)}px`);
  });
  for (const part of [...above, ...below]) sizes.observe(part);

  const view = window.visualViewport;
  const follow = () => {
    const isZoomed = view.scale > 1.01; // then the reader moves the view
    root.style.setProperty("--view-start", `${isZoomed ? 0 : view.offsetTop}px`);
    root.style.setProperty("--view-end", `${isZoomed ? 0 : Math.max(0, root.clientHeight - view.offsetTop - view.height)}px`);
  };
  view?.addEventListener("resize", follow);
  view?.addEventListener("scroll", follow);
}
