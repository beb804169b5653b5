// Shows each time in the reader's zone, with UTC beside it.
"use strict";
const zone = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "short"});
function show(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-shown])")) {
    time.dataset.shown = "";
    time.textContent = zone.format(new Date(time.dateTime)) + " (" + time.textContent + ")";
  }
}
show(document);
document.addEventListener("htmx:load", event => show(event.detail.elt));
