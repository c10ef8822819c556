// Inside the sandboxed frame: draws the one diagram that the page around it sends.

import mermaid from "../vendor/mermaid/mermaid.esm.min.mjs";

document.body.style.margin = "0";

async function draw({ source, dark }) {
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    theme: dark ? "dark" : "neutral",
    fontFamily: "system-ui, sans-serif",
    maxTextSize: 50_000,
  });
  try {
    const { svg } = await mermaid.render("diagram", source);
    document.body.innerHTML = svg;
    const picture = document.body.firstElementChild;
    picture.style.display = "block";
    picture.style.margin = "auto";
    tell({ height: Math.ceil(picture.getBoundingClientRect().height), width: picture.viewBox.baseVal.width });
    new ResizeObserver(() => tell({ height: Math.ceil(picture.getBoundingClientRect().height) })).observe(picture);
  } catch (error) {
    tell({ failed: String(error.message ?? error).slice(0, 500) });
  }
}

const tell = (message) => parent.postMessage(message, "*");

addEventListener("message", (event) => {
  if (event.source === parent && typeof event.data?.source === "string") draw(event.data);
});
tell({ ready: true });
