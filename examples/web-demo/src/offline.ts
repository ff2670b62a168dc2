// Registers the service worker, once the page works: what it keeps must not compete with what the visitor waits for.

/** Does nothing where there are no service workers, and while developing, when the file is not built. */
export function goOffline(): void {
  if (!('serviceWorker' in navigator)) return;
  const { BASE_URL: scope } = import.meta.env;
  void navigator.serviceWorker.register(`${scope}service-worker.js`, { scope }).catch(() => {});
}
