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

/** Generates a layer in which every service has mistakes whose hints could look through all names. */
export function faultyLayer(services: number): string {
  const lines = ['name: large', 'modules:'];
  for (let i = 0; i < services; i++) {
    lines.push(`  - name: service-${i}`, '    type: k8s-service', '    image: AUTO', `    links: [servise-${i}-x]`);
    lines.push(`    depends_on: [servise-${i}-y]`, '    healthcheck_path: /', '    healthcheck_command: [check]');
    lines.push(`    env_vars: {A: "{vars.x${i}}", B: "\${{module.servise-${i}.db_host}}"}`);
  }
  for (let i = 0; i < services; i++) lines.push(`field_${i}: 1`);
  return `${lines.join('\n')}\n`;
}
