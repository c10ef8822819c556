// Runs once on a device, before the server knows its time zone: shows the times of this page as the server would
// have written them.

const { lang } = document.documentElement;
const locale = lang === "en" ? "en-GB" : lang;
const SHOWN = {
  day: { dateStyle: "medium" },
  moment: { dateStyle: "medium", timeStyle: "short" },
  clock: { timeStyle: "short" },
};
const formats = Object.fromEntries(Object.entries(SHOWN).map(([kind, style]) => [kind, new Intl.DateTimeFormat(locale, style)]));
const whole = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

const dayOf = (moment) => `${moment.getFullYear()}-${String(moment.getMonth() + 1).padStart(2, "0")}-${String(moment.getDate()).padStart(2, "0")}`;

/** One section for each day, in this device's time zone. */
function regroup(list) {
  const sections = [...list.querySelectorAll(":scope > [data-day]")];
  const days = new Map();
  for (const section of sections) {
    for (const item of section.querySelectorAll(":scope > ul > li")) {
      const moment = new Date(item.querySelector("time[data-time]").dateTime);
      const day = dayOf(moment);
      if (!days.has(day)) {
        const made = section.cloneNode(true);
        made.dataset.day = day;
        made.querySelector("h2 > time").dateTime = day;
        made.querySelector("h2 > time").textContent = whole.format(moment);
        made.querySelector("ul").replaceChildren();
        days.set(day, made);
      }
      days.get(day).querySelector("ul").append(item);
    }
  }
  for (const made of days.values()) sections[0].before(made);
  for (const section of sections) section.remove();
}

for (const list of document.querySelectorAll("[data-days]")) regroup(list);
for (const time of document.querySelectorAll("time[data-time]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.getTime())) time.textContent = formats[time.dataset.time].format(moment);
}
