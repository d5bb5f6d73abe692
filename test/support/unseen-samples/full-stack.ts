/** Front ends with a server, and pages without one, as strangers publish them. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Next.js with a schema of Prisma in several files. */
const nextPrisma: PublicSample = {
  files: {
    'package.json': json({
      name: 'saas-starter',
      version: '0.1.0',
      private: true,
      scripts: {
        dev: 'next dev --turbopack',
        build: 'next build',
        start: 'next start',
        postinstall: 'prisma generate',
      },
      prisma: { schema: './prisma/schema' },
      dependencies: {
        '@prisma/client': '^6.5.0',
        'next-auth': '5.0.0-beta.25',
        next: '15.2.4',
        react: '19.0.0',
        'react-dom': '19.0.0',
        stripe: '^17.7.0',
      },
      devDependencies: { prisma: '^6.5.0', tailwindcss: '^4', typescript: '^5' },
    }),
    'yarn.lock': '# yarn lockfile v1\n',
    'next.config.ts':
      "import type { NextConfig } from 'next';\n\nconst config: NextConfig = {};\nexport default config;\n",
    'prisma/schema/schema.prisma':
      'generator client {\n  provider = "prisma-client-js"\n}\n\ndatasource db {\n  provider  = "postgresql"\n  url       = env("POSTGRES_PRISMA_URL")\n  directUrl = env("POSTGRES_URL_NON_POOLING")\n}\n',
    'prisma/schema/user.prisma': 'model User {\n  id String @id @default(cuid())\n}\n',
    'src/app/layout.tsx':
      'export default function RootLayout({ children }) { return <html><body>{children}</body></html>; }\n',
    'src/app/page.tsx': 'export default function Home() { return <main />; }\n',
    'src/app/api/healthcheck/route.ts': 'export const GET = () => Response.json({ ok: true });\n',
    '.env.example': 'POSTGRES_PRISMA_URL=\nNEXTAUTH_URL=http://localhost:3000\nSTRIPE_SECRET_KEY=sk_test\n',
  },
  services: [{ name: 'saas-starter', framework: 'Next.js', start: 'yarn start', port: 3000, resources: ['postgres'] }],
};

/** React Router as a framework, Drizzle over postgres.js. */
const reactRouter: PublicSample = {
  files: {
    'package.json': json({
      name: 'node-postgres-template',
      private: true,
      type: 'module',
      scripts: {
        build: 'react-router build',
        'db:migrate': 'dotenv -- drizzle-kit migrate',
        dev: 'react-router dev',
        start: 'react-router-serve ./build/server/index.js',
        typecheck: 'react-router typegen && tsc -b',
      },
      dependencies: {
        '@react-router/node': '^7.4.0',
        '@react-router/serve': '^7.4.0',
        'drizzle-orm': '~0.36.3',
        isbot: '^5.1.17',
        postgres: '^3.4.5',
        react: '^19.0.0',
        'react-dom': '^19.0.0',
        'react-router': '^7.4.0',
      },
      devDependencies: { '@react-router/dev': '^7.4.0', 'drizzle-kit': '~0.28.1', vite: '^5.4.11' },
    }),
    'react-router.config.ts': 'export default { ssr: true };\n',
    'vite.config.ts':
      "import { reactRouter } from '@react-router/dev/vite';\nimport { defineConfig } from 'vite';\n\nexport default defineConfig({ plugins: [reactRouter()] });\n",
    'app/root.tsx': 'export default function App() { return <Outlet />; }\n',
    'app/routes.ts': "export default [index('routes/home.tsx')];\n",
    'drizzle.config.ts': "export default { dialect: 'postgresql', schema: './database/schema.ts' };\n",
    Dockerfile:
      'FROM node:20-alpine AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n\nFROM node:20-alpine\nCOPY --from=build /app /app\nWORKDIR /app\nCMD ["npm", "run", "start"]\n',
  },
  services: [
    {
      name: 'node-postgres-template',
      framework: 'React Router',
      start: 'npm start',
      port: 3000,
      resources: ['postgres'],
    },
  ],
};

/** Remix behind a server of its own, with a database in a file. */
const remixServer: PublicSample = {
  files: {
    'package.json': json({
      name: 'epic-notes',
      private: true,
      type: 'module',
      scripts: {
        build: 'remix vite:build',
        dev: 'cross-env NODE_ENV=development node ./server.js',
        start: 'cross-env NODE_ENV=production node ./server.js',
      },
      dependencies: {
        '@prisma/client': '^5.22.0',
        '@remix-run/express': '^2.15.0',
        '@remix-run/node': '^2.15.0',
        '@remix-run/react': '^2.15.0',
        compression: '^1.7.5',
        'cross-env': '^7.0.3',
        express: '^4.21.1',
      },
      devDependencies: { '@remix-run/dev': '^2.15.0', prisma: '^5.22.0', vite: '^5.4.11' },
    }),
    'server.js': `import { createRequestHandler } from '@remix-run/express';
import express from 'express';

const app = express();
app.use(express.static('build/client', { maxAge: '1h' }));
app.all('*', createRequestHandler({ build }));

const port = process.env.PORT || 4040;
app.listen(port, () => console.log(\`✅ app ready: http://localhost:\${port}\`));
`,
    'prisma/schema.prisma':
      'datasource db {\n  provider = "sqlite"\n  url      = env("DATABASE_URL")\n}\n\ngenerator client {\n  provider = "prisma-client-js"\n}\n',
    'app/routes/healthcheck.tsx': 'export const loader = () => new Response("OK");\n',
    '.env.example': 'DATABASE_URL="file:./data.db?connection_limit=1"\n',
  },
  services: [{ name: 'epic-notes', framework: 'Remix', start: 'npm start', port: 4040, resources: [] }],
};

/** SvelteKit without a start script, MySQL through Drizzle. */
const svelteKit: PublicSample = {
  files: {
    'package.json': json({
      name: 'guestbook',
      private: true,
      type: 'module',
      scripts: { dev: 'vite dev', build: 'vite build', preview: 'vite preview', 'db:push': 'drizzle-kit push' },
      dependencies: { 'drizzle-orm': '^0.40.0', mysql2: '^3.11.0' },
      devDependencies: {
        '@sveltejs/adapter-node': '^5.2.11',
        '@sveltejs/kit': '^2.16.0',
        '@sveltejs/vite-plugin-svelte': '^5.0.0',
        'drizzle-kit': '^0.30.2',
        svelte: '^5.0.0',
        vite: '^6.0.0',
      },
    }),
    'svelte.config.js':
      "import adapter from '@sveltejs/adapter-node';\n\nexport default { kit: { adapter: adapter() } };\n",
    'vite.config.ts':
      "import { sveltekit } from '@sveltejs/kit/vite';\n\nexport default defineConfig({ plugins: [sveltekit()] });\n",
    'src/routes/+page.svelte': '<h1>Welcome</h1>\n',
    'src/routes/health/+server.ts': "export const GET = () => new Response('ok');\n",
    'src/lib/server/db/index.ts':
      "import mysql from 'mysql2/promise';\nimport { env } from '$env/dynamic/private';\nconst client = mysql.createPool(env.DATABASE_URL);\n",
    'docker-compose.yml': 'services:\n  db:\n    image: mysql\n    ports:\n      - 3306:3306\n',
  },
  services: [{ name: 'guestbook', framework: 'SvelteKit', start: 'npm run dev', port: 5173, resources: ['mysql'] }],
};

/** Nuxt as its own tool makes it, with pnpm and a pool of pg. */
const nuxtPg: PublicSample = {
  files: {
    'package.json': json({
      name: 'nuxt-todos',
      private: true,
      type: 'module',
      packageManager: 'pnpm@10.5.2',
      scripts: {
        build: 'nuxt build',
        dev: 'nuxt dev',
        generate: 'nuxt generate',
        preview: 'nuxt preview',
        postinstall: 'nuxt prepare',
      },
      dependencies: { '@nuxt/ui': '^3.0.0', nuxt: '^3.16.0', pg: '^8.14.0', vue: '^3.5.13' },
    }),
    'nuxt.config.ts': "export default defineNuxtConfig({ compatibilityDate: '2024-11-01', modules: ['@nuxt/ui'] });\n",
    'app/pages/index.vue': '<template><UContainer /></template>\n',
    'server/api/health.get.ts': "export default defineEventHandler(() => 'ok');\n",
    'server/utils/db.ts': "import { Pool } from 'pg';\nexport const pool = new Pool({ port: 5432 });\n",
  },
  services: [{ name: 'nuxt-todos', framework: 'Nuxt', start: 'pnpm run dev', port: 3000, resources: ['postgres'] }],
};

/** A blog of Astro, whose start script is its server for development. */
const astro: PublicSample = {
  files: {
    'package.json': json({
      name: 'astro-blog',
      type: 'module',
      scripts: { dev: 'astro dev', start: 'astro dev', build: 'astro build', preview: 'astro preview' },
      dependencies: { '@astrojs/mdx': '^4.2.0', '@astrojs/sitemap': '^3.3.0', astro: '^5.5.0', sharp: '^0.33.3' },
    }),
    'astro.config.mjs':
      "import { defineConfig } from 'astro/config';\n\nexport default defineConfig({ site: 'https://example.com:8443', integrations: [mdx(), sitemap()] });\n",
    'src/pages/index.astro': '---\n---\n<html></html>\n',
  },
  services: [{ name: 'astro-blog', framework: 'Astro', start: 'npm start', port: 4321, resources: [] }],
};

/** React of Vite with its port in the script. */
const viteReact: PublicSample = {
  files: {
    'package.json': json({
      name: 'dashboard',
      private: true,
      scripts: { dev: 'vite --port 4200 --host', build: 'tsc -b && vite build', preview: 'vite preview --port 8080' },
      dependencies: { '@tanstack/react-query': '^5.66.0', react: '^19.0.0', 'react-router-dom': '^7.1.5' },
      devDependencies: { '@vitejs/plugin-react': '^4.3.4', typescript: '~5.7.2', vite: '^6.2.0' },
    }),
    'index.html': '<div id="root"></div><script type="module" src="/src/main.tsx"></script>\n',
    'vite.config.ts': 'export default defineConfig({ plugins: [react()] });\n',
    'src/main.tsx': "createRoot(document.getElementById('root')!).render(<App />);\n",
  },
  services: [{ name: 'dashboard', framework: 'Vite', start: 'npm run dev', port: 4200, resources: [] }],
};

/** Pages by hand, for a host of pages. */
const plainHtml: PublicSample = {
  files: {
    'index.html': '<!doctype html>\n<link rel="stylesheet" href="assets/style.css">\n<h1>Ada</h1>\n',
    'about.html': '<!doctype html>\n<h1>About</h1>\n',
    'assets/style.css': 'body { margin: 0 }\n',
    'assets/app.js': "fetch('http://localhost:3000/count');\n",
    CNAME: 'ada.example\n',
    'README.md': '# My page\n',
  },
  services: [{ name: 'app', framework: 'static', start: 'npx --yes serve -l 8080 .', port: 8080, resources: [] }],
};

export const fullStack = { nextPrisma, reactRouter, remixServer, svelteKit, nuxtPg, astro, viteReact, plainHtml };
