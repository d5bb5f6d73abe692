/** Frameworks of Node by their packages, those that bring others with them first. */

interface NodeFramework {
  readonly name: string;
  readonly packages: readonly string[];
  /** Where its own server listens when nobody says. */
  readonly port?: number;
  /** Arguments with which its own server obeys PORT; absent where it does by itself. */
  readonly portFlag?: string;
  /** False for what serves nothing by itself. */
  readonly server?: false;
}

const flag = '--host 127.0.0.1 --port $PORT';

export const nodeFrameworks: readonly NodeFramework[] = [
  { name: 'Next.js', packages: ['next'], port: 3000 },
  { name: 'Nuxt', packages: ['nuxt', 'nuxt3', 'nuxt-edge'], port: 3000 },
  { name: 'Remix', packages: ['@remix-run/node', '@remix-run/serve', '@remix-run/react'], port: 3000, portFlag: flag },
  { name: 'React Router', packages: ['@react-router/node', '@react-router/serve'], port: 3000, portFlag: flag },
  { name: 'SvelteKit', packages: ['@sveltejs/kit'], port: 5173, portFlag: flag },
  {
    name: 'TanStack Start',
    packages: ['@tanstack/react-start', '@tanstack/solid-start', '@tanstack/start'],
    port: 3000,
    portFlag: flag,
  },
  { name: 'SolidStart', packages: ['@solidjs/start'], port: 3000 },
  { name: 'Astro', packages: ['astro'], port: 4321, portFlag: flag },
  { name: 'Gatsby', packages: ['gatsby'], port: 8000, portFlag: '-H 127.0.0.1 -p $PORT' },
  { name: 'RedwoodJS', packages: ['@redwoodjs/core'], port: 8910 },
  { name: 'Strapi', packages: ['@strapi/strapi', 'strapi'], port: 1337 },
  { name: 'Directus', packages: ['directus'], port: 8055 },
  { name: 'KeystoneJS', packages: ['@keystone-6/core'], port: 3000 },
  { name: 'NestJS', packages: ['@nestjs/core'], port: 3000 },
  { name: 'AdonisJS', packages: ['@adonisjs/core'], port: 3333 },
  { name: 'FeathersJS', packages: ['@feathersjs/feathers'], port: 3030 },
  { name: 'Meteor', packages: ['meteor-node-stubs'], port: 3000 },
  { name: 'Sails', packages: ['sails'], port: 1337 },
  { name: 'LoopBack', packages: ['@loopback/core'], port: 3000 },
  { name: 'Fastify', packages: ['fastify'], port: 3000 },
  { name: 'Hono', packages: ['hono'], port: 3000 },
  { name: 'Koa', packages: ['koa'], port: 3000 },
  { name: 'hapi', packages: ['@hapi/hapi', 'hapi'], port: 3000 },
  { name: 'Express', packages: ['express'], port: 3000 },
  { name: 'Restify', packages: ['restify'], port: 8080 },
  { name: 'Polka', packages: ['polka'], port: 3000 },
  { name: 'Elysia', packages: ['elysia'], port: 3000 },
  { name: 'Apollo Server', packages: ['@apollo/server', 'apollo-server'], port: 4000 },
  { name: 'GraphQL Yoga', packages: ['graphql-yoga'], port: 4000 },
  { name: 'h3', packages: ['h3', 'nitropack'], port: 3000 },
  { name: 'Socket.IO', packages: ['socket.io'], port: 3000 },
  { name: 'Angular', packages: ['@angular/core'], port: 4200, portFlag: flag },
  { name: 'Create React App', packages: ['react-scripts'], port: 3000 },
  { name: 'Vue CLI', packages: ['@vue/cli-service'], port: 8080, portFlag: flag },
  { name: 'Docusaurus', packages: ['@docusaurus/core'], port: 3000, portFlag: flag },
  { name: 'VitePress', packages: ['vitepress'], port: 5173, portFlag: flag },
  { name: 'VuePress', packages: ['vuepress'], port: 8080, portFlag: flag },
  { name: 'Hexo', packages: ['hexo'], port: 4000, portFlag: '-i 127.0.0.1 -p $PORT' },
  { name: 'Qwik', packages: ['@builder.io/qwik-city', '@qwik.dev/router'], port: 5173, portFlag: flag },
  { name: 'Rsbuild', packages: ['@rsbuild/core'], port: 3000, portFlag: flag },
  { name: 'Ember', packages: ['ember-cli'], port: 4200, portFlag: flag },
  { name: 'Eleventy', packages: ['@11ty/eleventy'], port: 8080, portFlag: '--port=$PORT' },
  { name: 'Expo', packages: ['expo', 'react-native'], server: false },
  { name: 'Electron', packages: ['electron'], server: false },
  { name: 'Vite', packages: ['vite'], port: 5173, portFlag: flag },
  {
    name: 'static',
    packages: ['http-server', 'live-server', 'lite-server'],
    port: 8080,
    portFlag: '-a 127.0.0.1 -p $PORT',
  },
  { name: 'static', packages: ['browser-sync'], port: 3000 },
  { name: 'static', packages: ['serve'], port: 3000, portFlag: '-l tcp://127.0.0.1:$PORT' },
  { name: 'webpack', packages: ['webpack-dev-server'], port: 8080, portFlag: flag },
  { name: 'Parcel', packages: ['parcel'], port: 1234, portFlag: '--host 127.0.0.1 --port $PORT' },
];
