// Remembers the first and the last touch of a visitor: what an address and a referrer tell of a campaign, a site or an ad. Load it
// on every page of your site. The sign-up page has to have the same origin; it sends the touches to Ory:
//
//   import { touch, forget } from './attribution.js';
//   await ory.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: { ...body, transient_payload: touch() } });
//   forget();
//
// Ory passes them on to the hooks and does not store them.

// Hosts whose links are no touch: your own sites, and providers that lead back to a login. Subdomains are included.
const OWN_HOSTS = [location.hostname.replace(/^www\./, '')];

const KEY = 'attribution';
const NAMES = [
  'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content',
  'gclid', 'gbraid', 'wbraid', 'msclkid', 'fbclid', 'li_fat_id', 'ttclid', 'twclid',
];
const LONGEST = 255;

const isOwn = host => OWN_HOSTS.some(own => host === own || host.endsWith('.' + own));

/** What this page's address and referrer tell; null if they tell nothing. A part that they do not tell is empty. */
function read() {
  const query = new URLSearchParams(location.search);
  const found = Object.fromEntries(NAMES.map(name => [name, (query.get(name) ?? '').slice(0, LONGEST)]));
  const from = document.referrer ? new URL(document.referrer).hostname : '';
  found.referrer = isOwn(from) ? '' : from;
  return Object.values(found).some(part => part) ? found : null;
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // no storage, or not of this script
  }
}

const found = read();
const touches = found ? { first: remembered().first ?? found, last: found } : remembered();
if (found) {
  try {
    localStorage.setItem(KEY, JSON.stringify(touches));
  } catch {
    // A browser without storage: only the sign-up page itself counts.
  }
}

/** The last touch, with the first one in first_touch; {} if there was none. */
export function touch() {
  return touches.last ? { ...touches.last, first_touch: touches.first } : {};
}

/** After the sign-up, because another person may use this browser next. */
export function forget() {
  localStorage.removeItem(KEY);
}
