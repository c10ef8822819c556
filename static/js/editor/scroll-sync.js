// Keeps text and preview at the same place: blocks of the preview name their source line
// (data-source-line); places between two blocks are interpolated.

export class Follow {
  constructor(area, shown, mirror) {
    this.area = area;
    this.shown = shown;
    this.mirror = mirror;
    this.pairs = null;
    this.led = null; // the side that this script scrolled, which must not scroll the other
    const sync = (from, to, side) => from.addEventListener("scroll", () => {
      if (this.led === from) this.led = null;
      else if (shown.offsetParent && shown.scrollHeight > shown.clientHeight && area.scrollHeight > area.clientHeight) this.move(from, to, side);
    }, { passive: true });
    sync(area, shown, 0);
    sync(shown, area, 1);
    area.addEventListener("input", () => this.renew());
    new ResizeObserver(() => this.renew()).observe(area);
    // Pictures load later than the text around them.
    shown.addEventListener("load", () => this.renew(), { capture: true });
  }

  renew() {
    this.pairs = null;
  }

  /** `[top in the text, top in the preview]` of all places that are known, in order. */
  known() {
    if (this.pairs) return this.pairs;
    const { area, shown } = this;
    const starts = [0];
    for (let at = area.value.indexOf("\n"); at >= 0; at = area.value.indexOf("\n", at + 1)) starts.push(at + 1);
    const blocks = [...shown.querySelectorAll("[data-source-line]")].filter((block) => Number(block.dataset.sourceLine) < starts.length);
    const places = this.mirror.measure(blocks.map((block) => starts[Number(block.dataset.sourceLine)]));
    const zero = shown.getBoundingClientRect().top - shown.scrollTop;
    const pairs = [[0, 0]];
    for (const [index, block] of blocks.entries()) {
      const pair = [places[index].top, block.getBoundingClientRect().top - zero];
      if (pair[0] > pairs.at(-1)[0] && pair[1] > pairs.at(-1)[1]) pairs.push(pair);
    }
    pairs.push([Math.max(area.scrollHeight, pairs.at(-1)[0] + 1), Math.max(shown.scrollHeight, pairs.at(-1)[1] + 1)]);
    this.pairs = pairs;
    return pairs;
  }

  /** Where `top` of one side is on the other. */
  across(top, side) {
    const pairs = this.known();
    const later = pairs.findIndex((pair, index) => index > 0 && pair[side] > top);
    const [before, after] = pairs.slice(later < 0 ? -2 : later - 1);
    const share = (top - before[side]) / (after[side] - before[side]);
    return before[1 - side] + Math.min(share, 1) * (after[1 - side] - before[1 - side]);
  }

  move(from, to, side) {
    const room = from.scrollHeight - from.clientHeight;
    // The line to align moves from the top to the bottom of the window with the scrolling, so that both ends meet.
    const share = from.scrollTop / room;
    const place = this.across(from.scrollTop + share * from.clientHeight, side);
    const top = Math.round(place - share * to.clientHeight);
    const limited = Math.min(Math.max(0, top), to.scrollHeight - to.clientHeight);
    if (Math.abs(limited - to.scrollTop) < 1) return;
    this.led = to;
    to.scrollTop = limited;
  }

  /** Show the line being typed at the same height on both sides. */
  caret() {
    const { area, shown } = this;
    if (document.activeElement !== area || shown.scrollHeight <= shown.clientHeight) return;
    const [{ top }] = this.mirror.measure([area.selectionStart]);
    const height = top - area.scrollTop;
    if (height < 0 || height > area.clientHeight) return;
    const before = shown.scrollTop;
    shown.scrollTop = this.across(top, 0) - height;
    if (shown.scrollTop !== before) this.led = shown;
  }

  /** The place in the text that is at the top of the window, where only one of both is shown. */
  lineInView(isPreview) {
    const side = isPreview ? this.shown : this.area;
    const top = -side.getBoundingClientRect().top;
    if (!side.offsetParent || top <= 0) return null;
    return isPreview ? this.across(top, 1) : top;
  }

  /** Bring the place `top` of the text to the top of the window, in the one that is shown. */
  show(top, isPreview) {
    this.renew();
    const side = isPreview ? this.shown : this.area;
    scrollTo({ top: scrollY + side.getBoundingClientRect().top + (isPreview ? this.across(top, 0) : top) });
  }
}
