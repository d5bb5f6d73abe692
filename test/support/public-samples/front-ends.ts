/** Projects in JavaScript that are mostly pages. */
import { json, type PublicSample } from './sample.ts';

/** Vite with React and nothing behind it. */
const viteReact: PublicSample = {
  files: {
    'package.json': json({
      name: 'portfolio',
      private: true,
      version: '0.0.0',
      type: 'module',
      scripts: { dev: 'vite', build: 'tsc -b && vite build', lint: 'eslint .', preview: 'vite preview' },
      dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0', 'react-router-dom': '^7.1.1' },
      devDependencies: { '@vitejs/plugin-react': '^4.3.4', typescript: '~5.6.2', vite: '^6.0.5' },
    }),
    'index.html':
      '<!doctype html>\n<html><body><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>\n',
    'vite.config.ts': `import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  server: { open: true, port: 3003 },
});
`,
    'src/main.tsx':
      'import { createRoot } from "react-dom/client";\ncreateRoot(document.getElementById("root")!).render(<h1>Hi</h1>);\n',
  },
  services: [{ name: 'portfolio', framework: 'Vite', start: 'npm run dev', port: 3003, resources: [] }],
};

/** SvelteKit with Drizzle, where the port is only the framework's own. */
const svelteKit: PublicSample = {
  files: {
    'package.json': json({
      name: 'recipes-book',
      private: true,
      version: '0.0.1',
      type: 'module',
      scripts: {
        dev: 'vite dev',
        build: 'vite build',
        preview: 'vite preview',
        start: 'node build',
        check: 'svelte-kit sync && svelte-check',
        'db:push': 'drizzle-kit push',
      },
      devDependencies: {
        '@sveltejs/adapter-node': '^5.2.9',
        '@sveltejs/kit': '^2.9.0',
        '@sveltejs/vite-plugin-svelte': '^5.0.0',
        'drizzle-kit': '^0.30.0',
        svelte: '^5.0.0',
        vite: '^6.0.0',
      },
      dependencies: { 'drizzle-orm': '^0.38.0', postgres: '^3.4.5' },
    }),
    'svelte.config.js':
      "import adapter from '@sveltejs/adapter-node';\nexport default { kit: { adapter: adapter() } };\n",
    'vite.config.ts':
      "import { sveltekit } from '@sveltejs/kit/vite';\nimport { defineConfig } from 'vite';\nexport default defineConfig({ plugins: [sveltekit()] });\n",
    'drizzle.config.ts':
      "export default { dialect: 'postgresql', dbCredentials: { url: process.env.DATABASE_URL } };\n",
    'src/lib/server/db/index.ts':
      "import { drizzle } from 'drizzle-orm/postgres-js';\nimport postgres from 'postgres';\nimport { env } from '$env/dynamic/private';\nconst db = drizzle(postgres(env.DATABASE_URL));\n",
    'src/routes/+page.svelte': '<h1>Recipes</h1>\n',
    'docker-compose.yml': 'services:\n  db:\n    image: postgres\n    restart: always\n    ports:\n      - 5432:5432\n',
  },
  services: [{ name: 'recipes-book', framework: 'SvelteKit', start: 'npm start', port: 3000, resources: ['postgres'] }],
};

export const frontEnds = { viteReact, svelteKit };
