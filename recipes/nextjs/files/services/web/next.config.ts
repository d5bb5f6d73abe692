import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  poweredByHeader: false,
  // The page is open at https://<layer>.localhost while Next.js listens on 127.0.0.1.
  allowedDevOrigins: ['*.localhost'],
};

export default config;
