/** Regions of the clouds with their zones, for choosing one. Checked on 2026-11 against the lists of the clouds; newer ones may be typed in. */

export interface Region {
  readonly name: string;
  readonly place: string;
  /** Availability zones open to new accounts; names where a cloud gives the same ones to everybody. */
  readonly zones: readonly string[];
}

const letters = (name: string, zones: string, place: string): Region => ({
  name,
  place,
  zones: [...zones].map((zone) => `${name}${zone}`),
});

/** https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html; letters of zones are those of most accounts. */
const aws: readonly Region[] = [
  letters('us-east-1', 'abcdef', 'N. Virginia'),
  letters('us-east-2', 'abc', 'Ohio'),
  letters('us-west-1', 'ac', 'N. California'),
  letters('us-west-2', 'abcd', 'Oregon'),
  letters('ca-central-1', 'abd', 'Montreal'),
  letters('ca-west-1', 'abc', 'Calgary'),
  letters('sa-east-1', 'abc', 'São Paulo'),
  letters('mx-central-1', 'abc', 'Mexico'),
  letters('eu-west-1', 'abc', 'Ireland'),
  letters('eu-west-2', 'abc', 'London'),
  letters('eu-west-3', 'abc', 'Paris'),
  letters('eu-central-1', 'abc', 'Frankfurt'),
  letters('eu-central-2', 'abc', 'Zurich'),
  letters('eu-north-1', 'abc', 'Stockholm'),
  letters('eu-south-1', 'abc', 'Milan'),
  letters('eu-south-2', 'abc', 'Spain'),
  letters('il-central-1', 'abc', 'Tel Aviv'),
  letters('me-south-1', 'abc', 'Bahrain'),
  letters('me-central-1', 'abc', 'UAE'),
  letters('af-south-1', 'abc', 'Cape Town'),
  letters('ap-south-1', 'abc', 'Mumbai'),
  letters('ap-south-2', 'abc', 'Hyderabad'),
  letters('ap-southeast-1', 'abc', 'Singapore'),
  letters('ap-southeast-2', 'abc', 'Sydney'),
  letters('ap-southeast-3', 'abc', 'Jakarta'),
  letters('ap-southeast-4', 'abc', 'Melbourne'),
  letters('ap-southeast-5', 'abc', 'Malaysia'),
  letters('ap-southeast-7', 'abc', 'Thailand'),
  letters('ap-northeast-1', 'acd', 'Tokyo'),
  letters('ap-northeast-2', 'abcd', 'Seoul'),
  letters('ap-northeast-3', 'abc', 'Osaka'),
  letters('ap-east-1', 'abc', 'Hong Kong'),
  letters('ap-east-2', 'abc', 'Taipei'),
];

const dashed = (name: string, zones: string, place: string): Region => ({
  name,
  place,
  zones: [...zones].map((zone) => `${name}-${zone}`),
});

/** https://cloud.google.com/compute/docs/regions-zones */
const gcp: readonly Region[] = [
  dashed('us-central1', 'abcf', 'Iowa'),
  dashed('us-east1', 'bcd', 'South Carolina'),
  dashed('us-east4', 'abc', 'N. Virginia'),
  dashed('us-east5', 'abc', 'Columbus'),
  dashed('us-south1', 'abc', 'Dallas'),
  dashed('us-west1', 'abc', 'Oregon'),
  dashed('us-west2', 'abc', 'Los Angeles'),
  dashed('us-west3', 'abc', 'Salt Lake City'),
  dashed('us-west4', 'abc', 'Las Vegas'),
  dashed('northamerica-northeast1', 'abc', 'Montreal'),
  dashed('northamerica-northeast2', 'abc', 'Toronto'),
  dashed('northamerica-south1', 'abc', 'Mexico'),
  dashed('southamerica-east1', 'abc', 'São Paulo'),
  dashed('southamerica-west1', 'abc', 'Santiago'),
  dashed('europe-west1', 'bcd', 'Belgium'),
  dashed('europe-west2', 'abc', 'London'),
  dashed('europe-west3', 'abc', 'Frankfurt'),
  dashed('europe-west4', 'abc', 'Netherlands'),
  dashed('europe-west6', 'abc', 'Zurich'),
  dashed('europe-west8', 'abc', 'Milan'),
  dashed('europe-west9', 'abc', 'Paris'),
  dashed('europe-west10', 'abc', 'Berlin'),
  dashed('europe-west12', 'abc', 'Turin'),
  dashed('europe-central2', 'abc', 'Warsaw'),
  dashed('europe-north1', 'abc', 'Finland'),
  dashed('europe-north2', 'abc', 'Stockholm'),
  dashed('europe-southwest1', 'abc', 'Madrid'),
  dashed('me-west1', 'abc', 'Tel Aviv'),
  dashed('me-central1', 'abc', 'Doha'),
  dashed('me-central2', 'abc', 'Dammam'),
  dashed('africa-south1', 'abc', 'Johannesburg'),
  dashed('asia-south1', 'abc', 'Mumbai'),
  dashed('asia-south2', 'abc', 'Delhi'),
  dashed('asia-southeast1', 'abc', 'Singapore'),
  dashed('asia-southeast2', 'abc', 'Jakarta'),
  dashed('asia-east1', 'abc', 'Taiwan'),
  dashed('asia-east2', 'abc', 'Hong Kong'),
  dashed('asia-northeast1', 'abc', 'Tokyo'),
  dashed('asia-northeast2', 'abc', 'Osaka'),
  dashed('asia-northeast3', 'abc', 'Seoul'),
  dashed('australia-southeast1', 'abc', 'Sydney'),
  dashed('australia-southeast2', 'abc', 'Melbourne'),
];

export const regions: { readonly [K in 'aws' | 'gcp']: readonly Region[] } = { aws, gcp };

const directions = '(?:central|(?:north|south)(?:east|west)?|east|west)';

/** How names of regions are made, those of governments and sovereign parts too: `us-gov-west-1`, `northamerica-northeast1`. */
export const regionShapes: { readonly [K in 'aws' | 'gcp']: RegExp } = {
  aws: new RegExp(`^[a-z]{2,4}(?:-[a-z]{2,4})?-${directions}-[1-9]\\d?$`),
  gcp: new RegExp(`^[a-z]+-${directions}[1-9]\\d?$`),
};
