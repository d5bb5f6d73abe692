/** Modules that bring what others made: helm-chart, k8s-manifest, datadog, custom-terraform, external-state. */
import { anyMap, bool, cluster, count, field, int, text, texts, types, word } from '../field.ts';
import { moduleType, onClouds } from '../module-type.ts';

/** No cluster applies them yet. */
const onCluster = {
  process: 'nothing: there is no cluster',
  kind: 'nothing yet',
  aws: 'nothing yet',
  gcp: 'nothing yet',
} as const;

export const helmChart = moduleType({
  name: 'helm-chart',
  concrete: {},
  kind: 'other',
  doc: 'A Helm chart.',
  fields: {
    chart: text('Name of the chart, or its folder.', { required: true }),
    repository: text('URL of its repository; then chart_version is needed.'),
    chart_version: word('Version of the chart.'),
    release_name: text('Name of the release.'),
    namespace: text('Namespace it goes to.', { default: 'default' }),
    create_namespace: bool('Makes the namespace.', { default: false }),
    values: field(anyMap, 'Values.', { default: {} }),
    values_file: text('File of values.'),
    values_files: field(texts, 'Files of values; later ones win.', { default: [] }),
    atomic: bool('All or nothing.', { default: true }),
    cleanup_on_fail: bool('Removes what a failed upgrade made.', { default: true }),
    timeout: int(1, 86_400, 'Seconds it may take.', { default: 600 }),
    dependency_update: bool('Fetches the charts it needs.', { default: true }),
    wait: bool('Waits until all is ready.', { default: true }),
    wait_for_jobs: bool('Waits for its Jobs too.', { default: false }),
    max_history: count('Revisions that are kept.', { default: 25 }),
  },
  outputs: {},
  on: onCluster,
});

export const k8sManifest = moduleType({
  name: 'k8s-manifest',
  concrete: {},
  kind: 'other',
  doc: 'A file of Kubernetes objects.',
  fields: { file_path: text('The file, relative to this one.', { required: true }) },
  outputs: {},
  on: onCluster,
});

export const datadog = moduleType({
  name: 'datadog',
  concrete: {},
  kind: 'other',
  environment: true,
  doc: 'The agent of Datadog.',
  fields: {
    api_key: text('Key of the account.', { on: cluster }),
    timeout: int(1, 86_400, 'Seconds it may take.', { default: 600, on: cluster }),
    values: field(anyMap, 'Values for its chart.', { default: {}, on: cluster }),
    chart_version: word('Version of its chart.', { on: cluster }),
  },
  outputs: {},
  on: onCluster,
});

export const customTerraform = moduleType({
  name: 'custom-terraform',
  concrete: {},
  kind: 'other',
  openOutputs: true,
  doc: 'Terraform code of your own.',
  fields: {
    source: text('Folder or registry address of the code.'),
    path_to_module: text('The same, an old name.', { deprecated: 'write `source` instead' }),
    version: word('Version, for a registry address.'),
    terraform_inputs: field({ kind: 'map', of: types.any }, 'Its inputs.', { default: {} }),
  },
  outputs: {},
  on: onClouds('nothing yet', 'nothing yet', 'nothing: your code is not run; its outputs are stand-ins'),
});

export const externalState = moduleType({
  name: 'external-state',
  concrete: {},
  kind: 'other',
  openOutputs: true,
  doc: 'Outputs of Terraform state that is kept elsewhere.',
  fields: {
    backend_type: text('Kind of backend, such as s3 or gcs.', { required: true }),
    config: field(anyMap, 'Its settings.', { required: true }),
  },
  outputs: {},
  on: onClouds('nothing yet', 'nothing yet', 'nothing: the state is not read; its outputs are stand-ins'),
});
