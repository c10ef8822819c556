// Inside the sandboxed frame: draws the one diagram that the page around it sends.

// Has its own address, which changes only with its content.
const { default: mermaid } = await import(document.documentElement.dataset.mermaid);

// Labels are text: nothing in them is parsed as HTML except a line break. `<<interface>>` stays.
const withoutHtml = (source) => source.replace(/(?<!<)<(?!br\s*\/?>)(?=[a-z!/])/gi, "#lt;");

// A picture: no link, which would lead the frame elsewhere, and no handler, which the policy stops.
function onlyDrawn(picture) {
  for (const element of [picture, ...picture.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      const isAddress = name.endsWith("href") && !value.startsWith("#");
      if (isAddress || name.startsWith("on")) element.removeAttribute(name);
    }
  }
  return picture;
}

async function draw({ source, dark }) {
  document.querySelector("meta[name=color-scheme]").content = dark ? "dark" : "light";
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    theme: dark ? "dark" : "neutral",
    fontFamily: "system-ui, sans-serif",
    maxTextSize: 50_000,
    // Options that a diagram can't set: mermaid's own list, and those that write styles or HTML.
    secure: [
      ...["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering"],
      ...["themeCSS", "fontFamily", "altFontFamily", "htmlLabels", "dompurifyConfig"],
    ],
  });
  try {
    const { svg } = await mermaid.render("diagram", withoutHtml(source));
    const picture = onlyDrawn(new DOMParser().parseFromString(svg, "text/html").body.firstElementChild);
    document.body.replaceChildren(picture);
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
