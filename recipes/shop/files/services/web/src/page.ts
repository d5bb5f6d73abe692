/** The page around the drawing. */

/** `body` is HTML. */
export const page = (body: string): string => `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>The life of a request</title>
  <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/page.css">
  <script type="module" src="/assets/page.js"></script>
</head>
<body>
  <main>
    <h1>The life of a request</h1>
    <p class="lead">Every service that took part, outermost first. A bar holds the time of all bars below it.</p>
    <div class="card" id="life">${body}</div>
    <button type="button" id="again">Send another request</button>
    <p id="status" role="status"></p>
    <p id="tally" aria-label="Answers by replica"></p>
  </main>
</body>
</html>
`;
