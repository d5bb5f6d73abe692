/** What a careful hand does to bring the shop up on kind, one step after the other; the measure of `opta dev up`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { openArtifacts } from '../../src/platform/artifacts.ts';
import { linkerdKeys } from '../../src/platform/components/linkerd-keys.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { removeContainers } from '../../src/targets/kind/containers.ts';
import { theEngine } from '../../src/targets/kind/engine.ts';
import { bin } from './shop.ts';

export interface Timed {
  readonly title: string;
  readonly ms: number;
}

export interface Hand {
  /** A scaffolded project. */
  readonly project: string;
  /** Of the cluster and the registry's container. */
  readonly name: string;
  /** Folder or address of a mirror. */
  readonly mirror: string;
  readonly registryPort: number;
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function run(argv: readonly string[], options: { readonly input?: string; readonly cwd?: string } = {}): string {
  const [file = '', ...args] = argv;
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}

/** Texts of the cluster's configuration: two ports, and where nodes look for registries. */
const clusterFile = (image: string) =>
  stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [
      {
        ...{ role: 'control-plane', image, labels: { 'opta.dev/ingress': 'true' } },
        extraPortMappings: [80, 443].map((port) => ({ containerPort: port, listenAddress: '127.0.0.1' })),
      },
    ],
    containerdConfigPatches: [
      '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"',
    ],
  });

/** Does it all, timing each step, and deletes everything again. */
export async function byHand({ project, name, mirror, registryPort }: Hand): Promise<readonly Timed[]> {
  const times: Timed[] = [];
  const step = <T>(title: string, act: () => T): T => {
    const began = performance.now();
    const result = act();
    times.push({ title, ms: performance.now() - began });
    return result;
  };
  const system = nodeSystem();
  const folder = join(project, '.by-hand');
  const kubeconfig = join(folder, 'kubeconfig');
  const kube = ['--kubeconfig', kubeconfig, '--context', `kind-${name}`];
  const registry = `localhost:${registryPort}`;
  const artifacts = await openArtifacts(system, { dataFolder: 'kind', settings: { mirror, offline: false } });
  const { images } = artifacts.pins;
  const withMesh = artifacts.has('charts', 'linkerd-control-plane');
  const helm = (release: string, chart: string, namespace: string, more: readonly string[]) =>
    run([
      ...['helm', 'upgrade', '--install', '--wait', release, chart, '--namespace', namespace, '--create-namespace'],
      ...['--kubeconfig', kubeconfig, '--kube-context', `kind-${name}`, ...more],
    ]);
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'cluster.yaml');
  writeFileSync(config, clusterFile(images.node.ref));
  try {
    step('kind create cluster --wait 60s', () =>
      run([
        'kind',
        'create',
        'cluster',
        '--name',
        name,
        '--config',
        config,
        '--kubeconfig',
        kubeconfig,
        '--wait',
        '60s',
      ]),
    );
    step('registry and its hosts.toml', () => {
      const own = ['--name', `${name}-registry`, '--network', 'kind', '--publish', `127.0.0.1:${registryPort}:5000`];
      run(['docker', 'run', '--detach', ...own, images.registry.ref]);
      const hosts = `[host."http://${name}-registry:5000"]\n`;
      const place = `/etc/containerd/certs.d/${registry}`;
      const write = `mkdir -p ${place} && cat > ${place}/hosts.toml`;
      run(['docker', 'exec', '--interactive', `${name}-control-plane`, 'sh', '-c', write], { input: hosts });
    });
    const { modules } = parse(readFileSync(join(project, 'opta.yaml'), 'utf8')) as {
      modules: readonly { name: string; image?: string; build?: { context: string } }[];
    };
    for (const { name: module, image, build } of modules) {
      if (image !== 'AUTO' || build === undefined) continue;
      const tag = `${registry}/shop/${module}:latest`;
      step(`docker build ${module}`, () => run(['docker', 'build', '--tag', tag, join(project, build.context)]));
      step(`docker push ${module}`, () => run(['docker', 'push', tag]));
    }
    if (withMesh) {
      const [definitions, crds, control, keys] = await Promise.all([
        artifacts.manifest('gateway-api'),
        artifacts.chart('linkerd-crds'),
        artifacts.chart('linkerd-control-plane'),
        linkerdKeys(system, join(folder, 'keys')),
      ]);
      const files = { root: keys.root.certificate, crt: keys.issuer.certificate, key: keys.issuer.key };
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text, { mode: 0o600 });
      step('kubectl apply the Gateway API', () =>
        run(['kubectl', ...kube, 'apply', '--server-side', '--filename', definitions]),
      );
      step('helm upgrade --install --wait linkerd-crds', () => helm('linkerd-crds', crds, 'linkerd', []));
      step('helm upgrade --install --wait linkerd-control-plane', () =>
        helm('linkerd-control-plane', control, 'linkerd', [
          ...['--values', 'kind/values/linkerd-control-plane.yaml'],
          ...['--set-file', `identityTrustAnchorsPEM=${join(folder, 'root')}`],
          ...['--set-file', `identity.issuer.tls.crtPEM=${join(folder, 'crt')}`],
          ...['--set-file', `identity.issuer.tls.keyPEM=${join(folder, 'key')}`],
        ]),
      );
    }
    const chart = await artifacts.chart('ingress-nginx');
    const controller = images['ingress-nginx'].ref.replace(/@.*$/, '');
    const repository = controller.slice(0, controller.lastIndexOf(':'));
    const tag = `v${images['ingress-nginx'].version}`;
    // The chart takes versions for tags only; a mirror may name its image otherwise. Not the hand's work, so not timed.
    if (controller !== `${repository}:${tag}`)
      run([
        ...['docker', 'exec', `${name}-control-plane`, 'ctr', '--namespace', 'k8s.io', 'images', 'tag'],
        ...[controller, `${repository}:${tag}`],
      ]);
    step('helm upgrade --install --wait ingress-nginx', () =>
      helm('ingress-nginx', chart, 'ingress-nginx', [
        ...['--set', `controller.image.repository=${repository}`],
        ...['--set', `controller.image.tag=${tag},controller.image.digest=`],
        ...['--set', 'controller.hostPort.enabled=true,controller.service.type=ClusterIP'],
        ...['--set', 'controller.admissionWebhooks.enabled=false'],
        ...(withMesh ? ['--set', String.raw`controller.podAnnotations.linkerd\.io/inject=enabled`] : []),
      ]),
    );
    const env = { ...process.env, OPTA_MIRROR: mirror };
    const objects = step('kubectl apply what opta manifests prints', () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'manifests', '--secrets'], {
        ...{ cwd: project, encoding: 'utf8', env, maxBuffer: 1 << 26 },
      });
      if (status !== 0) throw new Error(stderr);
      const text = stdout.replaceAll('localhost:5001', registry);
      run(['kubectl', ...kube, 'apply', '--filename', '-'], { input: text });
      return text.split(/^---$/m).map((one) => parse(one) as Workload | null);
    });
    for (const object of objects) {
      if (!['Deployment', 'StatefulSet'].includes(object?.kind ?? '') || object === null) continue;
      const { kind, metadata } = object;
      const place = ['--namespace', metadata.namespace ?? 'default', `${kind.toLowerCase()}/${metadata.name}`];
      step(`kubectl rollout status ${metadata.name}`, () => run(['kubectl', ...kube, 'rollout', 'status', ...place]));
    }
    return times;
  } finally {
    await deleteCluster(name, kubeconfig);
    run(['docker', 'rm', '--force', '--volumes', `${name}-registry`]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A node that is ended while it starts pods may be left with what only opta's own way of deleting can end. */
async function deleteCluster(name: string, kubeconfig: string): Promise<void> {
  spawnSync('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig]);
  const system = nodeSystem();
  const node = { name: `${name}-control-plane`, isNode: true, running: true };
  await removeContainers(system, await theEngine(system), [node]);
}

/** Milliseconds of a bare `kind create cluster --wait 60s`. */
export async function bareCluster(name: string, image: string, folder: string): Promise<number> {
  const kubeconfig = join(folder, 'bare-kubeconfig');
  mkdirSync(dirname(kubeconfig), { recursive: true });
  try {
    const began = performance.now();
    run(['kind', 'create', 'cluster', '--name', name, '--image', image, '--kubeconfig', kubeconfig, '--wait', '60s']);
    return performance.now() - began;
  } finally {
    await deleteCluster(name, kubeconfig);
  }
}
