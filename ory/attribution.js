// Remembers from where a visitor came, until the visitor signs up. Load it on every page of your site; the sign-up page sends
// what it remembers to Ory:
//
//   import { touch } from './attribution.js';
//   await ory.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { ...body, transient_payload: touch() } });
//
// Ory passes it on to the hooks and does not store it.
const KEY = 'attribution';
const NAMES = [
  'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content',
  'gclid', 'gbraid', 'wbraid', 'msclkid', 'fbclid', 'li_fat_id', 'ttclid', 'twclid',
];
const LONGEST = 255;

/** What this page's address and referrer tell, and nothing else of them; {} if they tell nothing. */
function read() {
  const query = new URLSearchParams(location.search);
  const found = {};
  for (const name of NAMES) {
    if (query.get(name)) found[name] = query.get(name).slice(0, LONGEST);
  }
  const from = document.referrer ? new URL(document.referrer).hostname : '';
  if (from && from !== location.hostname) found.referrer = from;
  return found;
}

const found = read();
if (Object.keys(found).length > 0) {
  try {
    localStorage.setItem(KEY, JSON.stringify(found));
  } catch {
    // A browser without storage: only the sign-up page itself counts.
  }
}

/** The last touch; {} if there was none. */
export function touch() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? found;
  } catch {
    return found;
  }
}
