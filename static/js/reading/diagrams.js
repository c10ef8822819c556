// Draws the diagrams of a text, each in its own sandboxed frame. The source stays on the page, folded;
// if a diagram can't be drawn, only the source is shown.

const frames = new Map();

addEventListener("message", (event) => {
  const diagram = frames.get(event.source);
  if (diagram) diagram(event.data);
});

const isDark = () => {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
};

function show(figure, words) {
  const code = figure.querySelector(".code");
  const source = code.querySelector("code").textContent;
  const frame = document.createElement("iframe");
  frame.src = words.diagram;
  frame.title = words.diagramTitle;
  frame.loading = "lazy";
  frame.setAttribute("sandbox", "allow-scripts");
  frame.className = "diagram-frame";
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = words.diagramSource;
  details.append(summary);
  code.before(frame, details);
  frames.set(frame.contentWindow, (message) => {
    if (message.ready) {
      frame.contentWindow.postMessage({ source, dark: isDark() }, "*");
    } else if (message.failed) {
      const problem = document.createElement("p");
      problem.className = "field-error";
      problem.textContent = `${words.diagramFailed} ${message.failed}`;
      details.replaceWith(code);
      frame.replaceWith(problem);
    } else if (message.height > 0) {
      figure.classList.add("drawn");
      frame.height = Math.min(message.height, 4000);
    }
  });
  details.append(code);
}

const LONGEST_WAIT = 5_000; // milliseconds before paper shows the source of what isn't drawn yet

// Nobody has scrolled to these yet.
const undrawn = () => document.querySelectorAll(".diagram:not(.drawn) > iframe");
const hurry = () => undrawn().forEach((frame) => { frame.loading = "eager"; });
addEventListener("beforeprint", hurry);

// Printing by keyboard waits for the diagrams; printing from the browser's menu can't wait.
addEventListener("keydown", (event) => {
  const isPrint = event.key === "p" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!isPrint || !undrawn().length) return;
  event.preventDefault();
  hurry();
  const end = Date.now() + LONGEST_WAIT;
  const timer = setInterval(() => {
    if (undrawn().length && Date.now() < end) return;
    clearInterval(timer);
    print();
  }, 100);
});

export function draw(text) {
  for (const figure of text.querySelectorAll(".diagram:not(:has(iframe))")) show(figure, text.dataset);
}
