// A service that calls by name through the proxy variables: fetch and http.get, as Node does it by itself.
import http from 'node:http';

const [url] = process.argv.slice(2);
const byFetch = await (await fetch(url)).text();
const byGet = await new Promise((resolve, reject) => {
  http
    .get(url, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text));
    })
    .on('error', reject);
});
const posted = await fetch(url, { method: 'POST', body: 'x'.repeat(200_000) });
console.log(JSON.stringify({ byFetch, byGet, posted: await posted.text() }));
process.exit(0);
