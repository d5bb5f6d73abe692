/** Ready when the database answers. */
import { ping } from '../../lib/database.ts';

export const dynamic = 'force-dynamic';

export const GET = async () => {
  try {
    await ping();
    return new Response('ready\n');
  } catch (error) {
    console.error(error);
    return new Response('not ready\n', { status: 503 });
  }
};
