/** The channel to the process that started this one. */

export function ipcChannel() {
  return {
    onMessage: (act: (message: unknown) => void) => void process.on('message', act),
    send: (message: unknown) => {
      if (process.connected) process.send?.(message);
    },
    // It may have closed while this one was loading.
    onClose: (act: () => void) => void (process.connected ? process.once('disconnect', act) : act()),
  };
}
