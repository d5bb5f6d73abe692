/**
 * Draws the life of one request. One template for both sides: the server sends it in the page, the browser draws it anew.
 *
 * @typedef {{ service: string, replica: string, protocol: string, ms: number, caller?: string, rows?: number }} Hop
 * @typedef {{ id: number, name: string, priceCents: number, stock: number }} Product
 * @typedef {{ traceId: string, hops: Hop[], products: Product[], orders: number }} Life
 */

/** @param {unknown} value */
const safe = (value) => String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {number} ms */
const time = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** Each hop's time holds all later ones, so its bar is drawn inside the one before. @param {Hop[]} hops */
const bars = (hops) => {
  const total = Math.max(hops[0]?.ms ?? 0, 0.01);
  return hops.map(({ ms }) => {
    const width = Math.min(100, Math.max(1, (ms / total) * 100));
    return { width: width.toFixed(1), start: ((100 - width) / 2).toFixed(1) };
  });
};

/** @param {Hop[]} hops */
const drawHops = (hops) => {
  const drawn = bars(hops);
  const rows = hops.map(
    (hop, index) => `<li class="hop">
      <span class="name">${safe(hop.service)}</span>
      <span class="who">${safe(hop.replica)}</span>
      <span class="how">${safe(hop.protocol)}${hop.rows === undefined ? '' : `, ${hop.rows} rows`}</span>
      <span class="time">${time(hop.ms)}</span>
      <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect x="${drawn[index]?.start}" width="${drawn[index]?.width}" height="1"></rect>
      </svg>
      ${hop.caller ? `<span class="caller">called by ${safe(hop.caller)}</span>` : ''}
    </li>`,
  );
  return `<ol class="hops">${rows.join('')}</ol>`;
};

/** @param {Product} product */
const drawProduct = ({ id, name, priceCents, stock }) => `<tr>
  <th scope="row">${safe(name)}</th>
  <td class="number">${(priceCents / 100).toFixed(2)}</td>
  <td class="number">${safe(stock)}</td>
  <td><button type="button" data-order="${safe(id)}"${stock > 0 ? '' : ' disabled'}>Order one<span class="hidden">
    ${safe(name)}</span></button></td>
</tr>`;

/** @param {Life} life */
export const drawLife = ({ traceId, hops, products, orders }) => `
  ${drawHops(hops)}
  <p class="trace">trace <code>${safe(traceId)}</code></p>
  <table>
    <caption>${products.length} rows from PostgreSQL, ${safe(orders)} ${orders === 1 ? 'order' : 'orders'} so far</caption>
    <thead><tr><th scope="col">Product</th><th scope="col" class="number">Price</th>
      <th scope="col" class="number">Stock</th><th scope="col"><span class="hidden">Order</span></th></tr></thead>
    <tbody>${products.map(drawProduct).join('')}</tbody>
  </table>`;

/** @param {string} message */
export const drawFailure = (message) => `<p class="failure" role="alert">${safe(message)}</p>`;
