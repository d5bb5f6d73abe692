/** The guest book: the newest entries, and a form for another. */

import { revalidatePath } from 'next/cache';
import { add, newest } from '../lib/database.ts';
import { textOf } from '../lib/entry.ts';

// What others wrote shows at once.
export const dynamic = 'force-dynamic';

const title = '<<name>>';

const write = async (form: FormData) => {
  'use server';
  const text = textOf(form.get('text'));
  if (text !== undefined) await add(text);
  revalidatePath('/');
};

export default async function Page() {
  const entries = await newest(20);
  return (
    <>
      <h1>{title}</h1>
      <form action={write}>
        <input name="text" aria-label="Your entry" placeholder="Say something" maxLength={200} required />{' '}
        <button type="submit">Write</button>
      </form>
      <ul>
        {entries.map(({ id, text, written }) => (
          <li key={id}>
            {text} <small>{written.toISOString().slice(0, 16).replace('T', ' ')}</small>
          </li>
        ))}
      </ul>
    </>
  );
}
