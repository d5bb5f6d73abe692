/** Orders as callers see them. */

export interface Shown {
  readonly id: string;
  readonly item: string;
  readonly state: string;
  /** ISO 8601. */
  readonly taken: string;
}

interface Kept {
  readonly id: string;
  readonly data: { readonly item: string };
  readonly state: string;
  readonly createdOn: Date;
}

export const shown = ({ id, data, state, createdOn }: Kept): Shown => ({
  id,
  item: data.item,
  state,
  taken: createdOn.toISOString(),
});

/** 1 to 100 characters; undefined when it is anything else. */
export const itemOf = (text: string | undefined): string | undefined => {
  const item = text?.trim() ?? '';
  return item.length >= 1 && item.length <= 100 ? item : undefined;
};
