import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appOf, layer, readFiles, serviceOf, withService } from '../../../support/definitions.ts';

async function errorsOf(fields: string): Promise<readonly string[]> {
  return (await readFiles(withService(fields))).errors;
}

async function hintsOf(fields: string): Promise<string> {
  const { diagnostics } = await readFiles(withService(fields));
  return diagnostics.flatMap((d) => (d.severity === 'error' ? [d.message, ...d.hints] : [])).join('\n');
}

describe('a service with nothing but an image', () => {
  test('has the defaults of the language', async () => {
    const service = await serviceOf('');
    expect(service).toMatchObject({
      id: 'shop/api',
      image: { kind: 'reference', reference: 'nginx:1.29' },
      ports: [],
      replicas: { min: 1, max: 3, cpuPercent: 80, memoryPercent: 80 },
      env: [],
      links: [],
      routes: [],
      startupSeconds: 30,
      storage: [],
      cronJobs: [],
      resources: { cpuMilli: 100, memoryMi: 128, memoryLimitMi: 256 },
      timeouts: {},
      dev: { watch: [], sync: [], env: {} },
      settings: { timeout: 300, max_history: 25, keep_path_prefix: false },
    });
    expect([
      service.liveness,
      service.readiness,
      service.retries,
      service.command,
      service.args,
      service.stickySession,
    ]).toEqual(Array(6).fill(undefined));
    expect(service.place).toMatchObject({ line: 3, column: 11, source: '  - name: api' });
  });
});

describe('image', () => {
  test('AUTO is built from the folder of the file', async () => {
    const { app, folder } = await readFiles(layer('  - {name: api, type: k8s-service, image: AUTO}\n'));
    expect(app?.services[0]?.image).toEqual({
      kind: 'build',
      build: { context: folder, dockerfile: join(folder, 'Dockerfile'), args: {}, platforms: [] },
    });
  });

  test('or from where `build` says', async () => {
    const { app, folder } = await readFiles(
      layer(
        '  - {name: api, type: k8s-service, image: AUTO, build: {context: api, dockerfile: prod/Dockerfile, target: run, args: {V: 3}, platforms: [linux/amd64]}}\n',
      ),
    );
    expect(app?.services[0]?.image).toEqual({
      kind: 'build',
      build: {
        context: join(folder, 'api'),
        dockerfile: join(folder, 'api/prod/Dockerfile'),
        target: 'run',
        args: { V: '3' },
        platforms: ['linux/amd64'],
      },
    });
  });

  test('is needed', async () => {
    expect((await readFiles(layer('  - {name: api, type: k8s-service}\n'))).errors).toEqual(['3:5 missing-field']);
  });

  test('`build` beside another image has no effect, which is said', async () => {
    const { notices } = await readFiles(withService('    build: {context: x}\n'));
    expect(notices).toContain('no-effect: `build` has no effect, since the image is not AUTO.');
  });

  test('a text with blanks is no image', async () => {
    expect((await readFiles(layer('  - {name: api, type: k8s-service, image: "a b"}\n'))).errors).toEqual([
      '3:43 invalid-value',
    ]);
  });
});

describe('ports', () => {
  test.each([
    ['http', 'http'],
    ['grpc', 'grpc'],
    ['websocket', 'websocket'],
    ['tcp', 'websocket'],
  ])('port.%s is a %s port at service port 80', async (written, protocol) => {
    const service = await serviceOf(`    port: {${written}: 8080}\n`);
    expect(service.ports).toEqual([{ name: 'main', protocol, port: 8080, servicePort: 80 }]);
    expect(service.probePort).toBe(8080);
  });

  test('several ports, one of them http', async () => {
    const service = await serviceOf(`    ports:
      - {name: web, type: http, port: 3000, protocol: grpc}
      - {name: game, type: tcp, port: "25565"}
      - {name: other, type: tcp, port: 9000, service_port: 90}
    probe_port: game
`);
    expect(service.ports).toEqual([
      { name: 'web', protocol: 'grpc', port: 3000, servicePort: 80 },
      { name: 'game', protocol: 'tcp', port: 25565, servicePort: 25565 },
      { name: 'other', protocol: 'tcp', port: 9000, servicePort: 90 },
    ]);
    expect(service.probePort).toBe(25565);
  });

  test.each([
    ['a port out of range', '    port: {http: 70000}\n', ['6:18 invalid-value']],
    ['a kind that is none', '    port: {htpp: 80}\n', ['6:12 unknown-field']],
    ['two kinds at once', '    port: {http: 80, grpc: 81}\n', ['6:11 invalid-port']],
    [
      'port and ports',
      '    port: {http: 80}\n    ports: [{name: a, type: tcp, port: 1}]\n',
      ['7:5 conflicting-fields'],
    ],
    [
      'two http ports',
      '    ports:\n      - {name: a, type: http, port: 1}\n      - {name: b, type: http, port: 2}\n',
      ['8:25 invalid-port'],
    ],
    [
      'one name twice',
      '    ports:\n      - {name: a, type: tcp, port: 1}\n      - {name: a, type: tcp, port: 2}\n',
      ['8:16 duplicate-name'],
    ],
    [
      'one number twice',
      '    ports:\n      - {name: a, type: tcp, port: 1}\n      - {name: b, type: tcp, port: 1}\n',
      ['8:36 duplicate-name'],
    ],
    ['a protocol for tcp', '    ports: [{name: a, type: tcp, port: 1, protocol: grpc}]\n', ['6:53 invalid-port']],
    ['a probe at no port', '    port: {http: 80}\n    probe_port: main2\n', ['7:17 invalid-port']],
  ])('%s is an error', async (_, fields, wanted) => {
    expect(await errorsOf(fields)).toEqual(wanted);
  });
});

describe('replicas', () => {
  test.each([
    ['    min_containers: 5\n', { min: 5, max: 5 }],
    ['    min_containers: 0\n    max_containers: 0\n', { min: 0, max: 0 }],
    ['    min_containers: 0\n', { min: 0, max: 0 }],
    ['    min_containers: "2"\n    max_containers: 4\n', { min: 2, max: 4 }],
  ])('%s', async (fields, wanted) => {
    expect((await serviceOf(fields)).replicas).toMatchObject(wanted);
  });

  test.each([
    ['more at least than at most', '    min_containers: 4\n    max_containers: 2\n', ['6:21 invalid-value']],
    ['none at most alone', '    max_containers: 0\n', ['6:21 invalid-value']],
    ['none at least and some at most', '    min_containers: 0\n    max_containers: 2\n', ['6:21 invalid-value']],
    ['a word', '    min_containers: many\n', ['6:21 wrong-type']],
    ['a fraction', '    min_containers: 1.5\n', ['6:21 wrong-type']],
  ])('%s is an error', async (_, fields, wanted) => {
    expect(await errorsOf(fields)).toEqual(wanted);
  });
});

test('at most 0 is meant on every target: no notice, and a hint when it stands alone', async () => {
  const both = await readFiles(withService('    min_containers: 0\n    max_containers: 0\n'));
  expect(both.notices.filter((notice) => notice.includes('max_containers'))).toEqual([]);
  const some = await readFiles(withService('    max_containers: 2\n'));
  expect(some.notices).toContain('no-effect: `max_containers` of k8s-service has no effect on process.');
  const alone = await readFiles(withService('    max_containers: "{vars.n}"\n'), { vars: { n: '0' } });
  expect(alone.diagnostics.map((d) => [d.code, d.hints[0]])).toContainEqual([
    'invalid-value',
    'write `min_containers: 0` too for a service of cron jobs only, or raise `max_containers`',
  ]);
  expect(await errorsOf('    min_containers: many\n    max_containers: 0\n')).toEqual(['6:21 wrong-type']);
});

describe('probes', () => {
  test('a path or a command, for both or for one', async () => {
    expect(await serviceOf('    healthcheck_path: ht/\n')).toMatchObject({
      liveness: { path: '/ht/' },
      readiness: { path: '/ht/' },
    });
    expect(await serviceOf('    liveness_probe_path: /l\n    readiness_probe_command: [test, -f, x]\n')).toMatchObject({
      liveness: { path: '/l' },
      readiness: { command: ['test', '-f', 'x'] },
    });
  });

  test('both at once is one error', async () => {
    expect(await errorsOf('    healthcheck_path: /h\n    healthcheck_command: [a]\n')).toEqual([
      '7:5 conflicting-fields',
    ]);
    expect(await errorsOf('    healthcheck_path: /h\n    liveness_probe_command: [a]\n')).toEqual([
      '7:5 conflicting-fields',
    ]);
  });

  test('the longer of the written delays is what starting may take', async () => {
    expect((await serviceOf('    initial_liveness_delay: 90\n')).startupSeconds).toBe(90);
    expect((await serviceOf('    initial_readiness_delay: 5\n')).startupSeconds).toBe(5);
    expect((await serviceOf('    initial_readiness_delay: 5\n    initial_liveness_delay: 9\n')).startupSeconds).toBe(9);
  });
});

describe('environment variables', () => {
  test('a map or a list', async () => {
    const wanted = [
      { name: 'A', value: ['1'] },
      { name: 'B', value: [''] },
    ];
    expect((await serviceOf('    env_vars: {A: "1", B: ""}\n')).env).toEqual(wanted);
    expect((await serviceOf('    env_vars: [{name: A, value: "1"}, {name: B, value: ""}]\n')).env).toEqual(wanted);
  });

  test('values are text, and the message says how', async () => {
    expect(await hintsOf('    env_vars: {PORT: 80}\n')).toContain('put it in quotes: "80"');
    expect(await errorsOf('    env_vars: {PORT: 80}\n')).toEqual(['6:22 wrong-type']);
    expect(await errorsOf('    env_vars:\n      - name: A\n        value:\n')).toEqual(['8:9 missing-field']);
    expect(await errorsOf('    env_vars: {A: }\n')).toEqual(['6:16 wrong-type']);
    expect(await errorsOf('    env_vars: {"A B": x}\n')).toEqual(['6:16 invalid-value']);
    expect(await errorsOf('    env_vars: [{name: A, value: x}, {name: A, value: y}]\n')).toEqual([
      '6:37 duplicate-name',
    ]);
  });
});

describe('everything else that a service says', () => {
  test('storage, cron jobs, commands, resources, timeouts, retries, stickiness, hash', async () => {
    const service = await serviceOf(`    persistent_storage: [{size: 5, path: /data}]
    cron_jobs: [{schedule: "*/5 * * * mon-fri", commands: [/bin/sh, -c], args: [echo, 1]}]
    commands: [run]
    args: [--port, 80]
    resource_request: {cpu: 250, memory: 300}
    resource_limits: {memory: 512}
    timeouts: {request: 2.5, idle: 60}
    retries: {attempts: 3, on: [5xx]}
    sticky_session: true
    sticky_session_max_age: 20
    consistent_hash: $request_uri
    tolerations: [{key: gpu}]
    pod_labels: {team: a}
`);
    expect(service).toMatchObject({
      storage: [{ path: '/data', gigabytes: 5 }],
      cronJobs: [{ schedule: '*/5 * * * mon-fri', command: ['/bin/sh', '-c'], args: ['echo', '1'] }],
      command: ['run'],
      args: ['--port', '80'],
      resources: { cpuMilli: 250, memoryMi: 300, memoryLimitMi: 512 },
      timeouts: { request: 2.5, idle: 60 },
      retries: { attempts: 3, on: ['5xx'] },
      stickySession: { maxAgeSeconds: 20 },
      consistentHash: '$request_uri',
      settings: { tolerations: [{ key: 'gpu', value: 'opta', effect: 'NoSchedule' }], pod_labels: { team: 'a' } },
    });
  });

  test('how it runs as a process', async () => {
    const { app, folder } = await readFiles(
      withService(
        '    dev: {command: node main.ts, directory: api, install: [npm, ci], watch: ["src/**"], sync: [{from: src, to: /app/src}], env: {DEBUG: 1}}\n',
      ),
    );
    expect(app?.services[0]?.dev).toEqual({
      command: 'node main.ts',
      directory: join(folder, 'api'),
      install: ['npm', 'ci'],
      watch: ['src/**'],
      sync: [{ from: 'src', to: '/app/src' }],
      env: { DEBUG: '1' },
    });
  });

  test.each([
    ['an unknown field', '    imagee: x\n', ['6:5 unknown-field']],
    ['a unit behind a number', '    resource_request: {memory: 512Mi}\n', ['6:32 wrong-type']],
    ['text for true', '    sticky_session: "yes"\n', ['6:21 wrong-type']],
    ['a text for a list', '    args: run\n', ['6:11 wrong-type']],
    ['a list for a text', '    healthcheck_path: [a]\n', ['6:23 wrong-type']],
    ['a relative volume', '    persistent_storage: [{size: 5, path: data}]\n', ['6:26 invalid-value']],
    [
      'two volumes at one path',
      '    persistent_storage: [{size: 5, path: /d}, {size: 5, path: /d}]\n',
      ['6:47 duplicate-name'],
    ],
    ['a volume without size', '    persistent_storage: [{path: /d}]\n', ['6:26 missing-field']],
    ['a schedule of four fields', '    cron_jobs: [{schedule: "* * * *", commands: [a]}]\n', ['6:28 invalid-cron']],
    ['a minute of 61', '    cron_jobs: [{schedule: "61 * * * *", commands: [a]}]\n', ['6:28 invalid-cron']],
    ['an unknown effect', '    tolerations: [{key: a, effect: never}]\n', ['6:36 invalid-value']],
  ])('%s is an error', async (_, fields, wanted) => {
    expect(await errorsOf(fields)).toEqual(wanted);
  });

  test('messages offer the fix', async () => {
    expect(await hintsOf('    helthcheck_path: /\n')).toContain('did you mean `healthcheck_path`');
    expect(await hintsOf('    resource_request: {memory: 512Mi}\n')).toContain('write the number alone, such as 512');
    expect(await hintsOf('    sticky_session: "yes"\n')).toContain('write `true`, without quotes');
  });

  test('`secrets` are read and ignored, and that is said', async () => {
    expect((await readFiles(withService('    secrets: [A]\n'))).notices[0]).toMatch(/^deprecated: `secrets`/);
  });

  test('a field whose value the environments set is meant for those where it counts', async () => {
    const sized =
      '  - {name: db, type: postgres, instance_class: "{vars.size}"}\ninput_variables: [{name: size, default: db.t4g.small}]\n';
    expect((await readFiles(layer(sized))).notices.filter((n) => n.includes('instance_class'))).toEqual([]);
    expect((await readFiles(layer(sized.replace('{vars.size}', 'db.t4g.small')))).notices).toContain(
      'no-effect: `instance_class` of postgres has no effect on process.',
    );
  });

  test('a field that means nothing here is listed once', async () => {
    const { notices } = await readFiles(
      layer(
        '  - {name: a, type: k8s-service, image: x, additional_iam_policies: [p]}\n  - {name: b, type: k8s-service, image: x, additional_iam_policies: [p]}\n',
      ),
    );
    expect(notices.filter((n) => n.includes('additional_iam_policies'))).toEqual([
      'no-effect: `additional_iam_policies` of k8s-service has no effect on process.',
    ]);
  });

  test('all problems of all modules are told at once', async () => {
    const { errors } = await readFiles(
      layer(
        '  - {name: a, type: k8s-service, image: x, prot: 1}\n  - {name: b, type: postgress}\n  - {name: c, type: redis, memory_size_gb: big}\n',
      ),
    );
    expect(errors.map((e) => e.split(' ')[1]).sort()).toEqual(['unknown-field', 'unknown-module-type', 'wrong-type']);
  });

  test('an App is plain data', async () => {
    const app = await appOf(
      withService('    env_vars: {A: "${{module.db.db_url}}"}\n    links: [db]\n  - {name: db, type: postgres}\n'),
    );
    expect(JSON.parse(JSON.stringify(app))).toEqual(JSON.parse(JSON.stringify(structuredClone(app))));
  });
});
