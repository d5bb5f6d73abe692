/** Generates a layer of many services, for measuring. */
export function largeLayer(services: number): string {
  const lines = ['name: large', 'environments:', '  - {name: staging, path: staging.yaml}', 'modules:'];
  for (let i = 0; i < services; i++) {
    lines.push(`  - name: service-${i}`, '    type: k8s-service', '    image: AUTO', '    port:', '      http: 8080');
    lines.push(
      '    healthcheck_path: /health',
      `    public_uri: "{parent.domain}/service-${i}"`,
      '    env_vars:',
      '      ENV: "{env}"',
      '      LEVEL: info',
    );
    lines.push(
      '    links:',
      ...(i > 0 ? [`      - service-${i - 1}`] : []),
      `      - db-${i}`,
      `  - name: db-${i}`,
      '    type: postgres',
    );
  }
  return `${lines.join('\n')}\n`;
}
