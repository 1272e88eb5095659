// Finds datasets as one types. DATASETS is written by the factory: [id, object, title, owner, columns].
"use strict";
(() => {
  const SHOWN = 30;
  const input = document.getElementById("q");
  const list = document.getElementById("results");
  const count = document.getElementById("count");
  const units = document.getElementById("units");
  const entries = DATASETS.map((one) => ({ one, name: one[0].toLowerCase(), text: one.join(" ").toLowerCase() }));

  const score = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      if (!entry.text.includes(word)) return -1;
      const own = entry.name.slice(entry.name.indexOf(".") + 1);
      if (entry.name === word || own === word) sum += 8;
      else if (own.startsWith(word)) sum += 4;
      else if (entry.name.includes(word)) sum += 2;
    }
    return sum;
  };

  const item = ([id, object, title, owner, columns], words) => {
    const dot = id.indexOf(".");
    const link = document.createElement("a");
    link.href = `data/${id.slice(0, dot)}/${id.slice(dot + 1)}.html`;
    link.textContent = id;
    const about = document.createElement("span");
    about.className = "under";
    const found = columns.split(" ").filter((name) => words.some((word) => name.toLowerCase().includes(word)));
    about.textContent = [title, object, owner, found.length ? `columns ${found.slice(0, 4).join(", ")}` : ""].filter(Boolean).join(" · ");
    const row = document.createElement("li");
    row.append(link, about);
    return row;
  };

  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    units.hidden = words.length > 0;
    if (!words.length) {
      list.replaceChildren();
      count.textContent = "";
      return;
    }
    const found = entries
      .map((entry) => [score(entry, words), entry])
      .filter(([points]) => points >= 0)
      .sort((a, b) => b[0] - a[0] || (a[1].name < b[1].name ? -1 : 1));
    list.replaceChildren(...found.slice(0, SHOWN).map(([, entry]) => item(entry.one, words)));
    const many = found.length > SHOWN ? `, the first ${SHOWN} are shown` : "";
    count.textContent = found.length ? `${found.length} found${many}` : "Nothing is called so.";
  };

  input.value = new URLSearchParams(location.search).get("q") || "";
  input.addEventListener("input", show);
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) first.click();
  });
  show();
})();
