/** The page's buttons: each sends a request from this browser through the ingress straight to `api`. */
import { drawFailure, drawLife } from './life.js';

const life = /** @type {HTMLElement} */ (document.querySelector('#life'));
const status = /** @type {HTMLElement} */ (document.querySelector('#status'));
const tally = /** @type {HTMLElement} */ (document.querySelector('#tally'));

/** How often each replica has answered this page. @type {Map<string, number>} */
const seen = new Map();

/** @param {import('./life.js').Hop[]} hops */
const count = (hops) => {
  for (const { service, replica } of hops) {
    if (service === 'api' || service === 'data') seen.set(replica, (seen.get(replica) ?? 0) + 1);
  }
  tally.textContent = [...seen]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([replica, times]) => `${replica} × ${times}`)
    .join('   ');
};

/** @param {string} path @param {RequestInit} [options] */
const ask = async (path, options) => {
  const started = performance.now();
  const response = await fetch(path, options);
  const body = await response.json().catch(() => ({ error: `${response.status} ${response.statusText}` }));
  if (!response.ok) throw new Error(body.error);
  const browser = {
    service: 'browser',
    replica: 'this page',
    protocol: 'HTTPS to the ingress',
    ms: performance.now() - started,
  };
  const hops = [browser, ...body.hops];
  count(hops);
  return { ...body, hops };
};

const refresh = async () => {
  const drawn = await ask('/api/');
  life.innerHTML = drawLife(drawn);
  status.textContent = `Answered in ${Math.round(drawn.hops[0].ms)} ms.`;
};

/** @param {string} productId */
const order = async (productId) => {
  const { orderId } = await ask('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ productId: Number(productId), quantity: 1 }),
  });
  await refresh();
  status.textContent = `Order ${orderId} is in the database.`;
  // The button that was pressed has been drawn anew.
  /** @type {HTMLElement | null} */ (life.querySelector(`[data-order="${productId}"]`))?.focus();
};

/** @param {() => Promise<void>} act */
const attempt = async (act) => {
  status.textContent = '';
  try {
    await act();
  } catch (error) {
    life.insertAdjacentHTML('afterbegin', drawFailure(error instanceof Error ? error.message : String(error)));
  }
};

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.id === 'again') void attempt(refresh);
  else if (button?.dataset.order) void attempt(() => order(/** @type {string} */ (button.dataset.order)));
});
