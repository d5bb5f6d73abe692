/** The files of the folder `public`, read once and served from memory under /assets/. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Answer, Routes } from './http.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const folder = new URL('../public/', import.meta.url);

const asset = (name: string): Answer => ({
  status: 200,
  headers: { 'content-type': types[extname(name)] ?? 'application/octet-stream', 'cache-control': 'no-cache' },
  body: readFileSync(new URL(name, folder)),
});

/** One route a file. */
export const assetRoutes = (): Routes =>
  Object.fromEntries(
    readdirSync(folder).map((name) => {
      const answer = asset(name);
      return [`GET /assets/${name}`, () => answer];
    }),
  );
