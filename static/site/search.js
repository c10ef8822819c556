// The search of a static site, over the index that index.js holds. Reads files alone: no modules.
(() => {
  const MOST = 50;
  const COMPLETIONS = 200;
  const field = document.getElementById("nx-site-find");
  const status = document.getElementById("nx-site-found");
  const list = document.getElementById("nx-site-pages");
  const { pages, words } = window.wikiIndex;
  const names = Object.keys(words);

  // As wiki/hub/transfer/site/search_index.py makes the words.
  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/g, " $& ").match(/[\p{L}\p{N}]+/gu) ?? [];

  function pagesOf(word, found) {
    let page = 0;
    for (const step of words[word]) found.add(page += step);
  }

  function pagesWith(term, isLast) {
    const found = new Set();
    if (Object.hasOwn(words, term)) pagesOf(term, found);
    if (isLast) for (const word of names.filter((name) => name.startsWith(term)).slice(0, COMPLETIONS)) pagesOf(word, found);
    return found;
  }

  function search(query) {
    const terms = fold(query);
    if (!terms.length) return [];
    const sets = terms.map((term, place) => pagesWith(term, place === terms.length - 1));
    const score = (page) => {
      const title = fold(pages[page][1]);
      const named = terms.filter((term) => title.some((word) => word.startsWith(term))).length;
      return named * 10 - (named === terms.length ? title.length / 10 : 0);
    };
    return [...sets[0]].filter((page) => sets.every((set) => set.has(page)))
      .map((page) => [score(page), page]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, page]) => pages[page]);
  }

  function entry([address, title, summary]) {
    const item = document.createElement("li");
    const head = item.appendChild(document.createElement("p"));
    head.className = "page-list-title";
    head.dir = "auto";
    const link = head.appendChild(document.createElement("a"));
    link.href = address;
    link.textContent = title;
    const text = item.appendChild(document.createElement("p"));
    text.dir = "auto";
    text.textContent = summary;
    return item;
  }

  function show() {
    const found = search(field.value);
    const { none, one, many } = status.dataset;
    const said = found.length === 1 ? one : many.replace("{count}", found.length);
    status.textContent = field.value.trim() ? (found.length ? said : none) : "";
    list.replaceChildren(...found.slice(0, MOST).map(entry));
    history.replaceState(null, "", `#${encodeURIComponent(field.value)}`);
  }

  field.value = decodeURIComponent(location.hash.slice(1));
  field.addEventListener("input", show);
  if (field.value) show();
  field.focus();
})();
