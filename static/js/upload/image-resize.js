// Pictures made smaller before they are sent: what a camera or a screen gives is far more than a page
// shows, and a slow line takes minutes for it.

const WORTH = 200_000; // bytes; below, little is gained
const HEAD = 1_000_000; // bytes that show whether a picture is animated
const GAIN = 0.8; // of the original's size at most; otherwise the original is sent
const JPEG = 0.85;
const WEBP = 0.92; // fine enough for small print

/** Whether the first bytes are those of an animation, in APNG or WebP. */
async function isMoving(file) {
  const head = new TextDecoder("latin1").decode(await file.slice(0, HEAD).arrayBuffer());
  if (file.type === "image/png") return head.split("IDAT", 1)[0].includes("acTL"); // a colour profile may come before it
  return file.type === "image/webp" && head.slice(12, 16) === "VP8X" && (head.charCodeAt(20) & 2) !== 0;
}

/** The picture upright, in at most `side` pixels each way. */
async function draw(file, side) {
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(whole.width * scale));
  canvas.height = Math.max(1, Math.round(whole.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return canvas;
}

const encode = (canvas, type, quality) => new Promise((done) => { canvas.toBlob(done, type, quality); });

/** `file`, or a smaller version of the picture; on any error, the file itself. */
export async function smaller(file, side) {
  try {
    if (file.size < WORTH || !["image/jpeg", "image/png", "image/webp"].includes(file.type) || await isMoving(file)) return file;
    const canvas = await draw(file, side);
    // Of a photograph or a large screen that comes as PNG, WebP is a tenth; browsers that can't write it say so.
    const types = { "image/jpeg": [["image/jpeg", JPEG]], "image/png": [["image/png"], ["image/webp", WEBP]], "image/webp": [["image/webp", WEBP]] };
    const made = await Promise.all(types[file.type].map(([type, quality]) => encode(canvas, type, quality).then((blob) => blob?.type === type && blob)));
    const [best] = made.filter(Boolean).sort((one, other) => one.size - other.size);
    if (!best || best.size > GAIN * file.size) return file;
    const ending = best.type.slice("image/".length).replace("jpeg", "jpg");
    return new File([best], best.type === file.type ? file.name : `${file.name.replace(/\.\w+$/, "")}.${ending}`, { type: best.type });
  } catch {
    return file; // not a picture after all, or larger than the browser draws
  }
}
