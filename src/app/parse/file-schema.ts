/** The fields of the three kinds of definition file, described like those of modules. */
import { anyMap, type Fields, field, list, object, oneOf, pattern, text, types } from '../../resources/field.ts';

const orgName = pattern(/^[a-z0-9-]{0,15}$/, 'at most 15 lower-case letters, digits and hyphens');
const variableName = pattern(/^[A-Za-z_]\w*$/, 'letters, digits and underscores');

const awsFields: Fields = {
  region: text('Region, such as us-east-1.', { required: true }),
  account_id: field(
    { kind: 'string', lenient: true, pattern: /^\d{1,12}$/, patternText: 'the 12 digits of the account' },
    'The 12 digits of the account; zeros at its begin may be left out.',
    { required: true },
  ),
};

const googleFields: Fields = {
  region: text('Region, such as us-central1.', { required: true }),
  project: text('Id of the project.', { required: true }),
};

const azureFields: Fields = {
  location: text('Location, such as centralus.', { required: true }),
  tenant_id: text('Id of the tenant.', { required: true }),
  subscription_id: text('Id of the subscription.', { required: true }),
};

/** `gcp` is another word for `google`. */
export const providerFields: Readonly<Record<string, Fields>> = {
  aws: awsFields,
  google: googleFields,
  gcp: googleFields,
  azurerm: azureFields,
  local: {},
};

export const environmentFields: Fields = {
  name: text('Name of the environment, as this layer calls it.', { required: true }),
  path: text('Its file: relative to this one, absolute, or git@host:org/repo.git//file?ref=branch.', {
    required: true,
  }),
  variables: field(anyMap, 'Values of variables in this environment.'),
  vars: field(anyMap, 'The same, a shorter name.'),
  promotes_from: text('The environment that verifies releases for this one (default: the one before it in the list).'),
};

export const inputVariableFields: Fields = {
  name: field(variableName, 'Name of the variable.', { required: true }),
  default: field(types.any, 'Its value when none is given.'),
  description: text('What it is for.'),
};

const name = text('Name of the layer; it becomes the namespace.', { required: true });
const modules = list(object({}), 'What the layer is made of.', { required: true });
const inputVariables = list(object(inputVariableFields), 'Variables that `{vars.name}` takes.');
const authorization = oneOf(
  ['links', 'open'],
  'Who may call its services: those that link to them, or every service of the environment.',
);

export const serviceFileFields: Fields = {
  name,
  environments: list(object(environmentFields), 'The environments that it goes to.', { required: true }),
  input_variables: inputVariables,
  authorization,
  modules,
};

export const environmentFileFields: Fields = {
  name: text('Name of the environment.', { required: true }),
  org_name: field(orgName, 'Name of the organisation.', { required: true }),
  providers: field(types.any, 'The cloud: aws, google, azurerm or local.'),
  input_variables: inputVariables,
  authorization,
  modules,
};

export const clusterFileFields: Fields = { name, input_variables: inputVariables, authorization, modules };

/** Fields that every module has besides those of its type. */
export const moduleFields: Fields = {
  type: text('Type of the module.', { required: true }),
  name: text('Name of the module; the type without hyphens by default.'),
  depends_on: list(types.text, 'Modules that must be there before this one.'),
};
