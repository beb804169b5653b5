"use strict";

// Shows each time in the reader's zone, with UTC beside it.
const zone = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "short"});
function show(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-shown])")) {
    time.dataset.shown = "";
    time.textContent = zone.format(new Date(time.dateTime)) + " (" + time.textContent + ")";
  }
}
show(document);
document.addEventListener("htmx:load", event => show(event.detail.elt));

// A second click on a button that acts would act again. A download stays on its page.
function enable(form, enabled) {
  for (const button of form.querySelectorAll("button")) button.disabled = !enabled;
}
document.addEventListener("submit", event => {
  const form = event.target;
  const action = (event.submitter && event.submitter.formAction) || form.action;
  if (form.method === "post" && !/\/csv(\/reveal)?$/.test(action)) setTimeout(() => enable(form, false));
});
addEventListener("pageshow", event => {
  if (event.persisted) document.querySelectorAll("form").forEach(form => enable(form, true));
});

// Typing is no request, and a session ends after some time without one.
let touched = Date.now();
document.addEventListener("input", () => {
  if (Date.now() - touched > 60000) {
    touched = Date.now();
    fetch(document.querySelector("link[rel=icon]").href, {cache: "no-store"});
  }
});
