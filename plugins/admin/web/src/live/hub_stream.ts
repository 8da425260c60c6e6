// The event stream of the hub, opened again for as long as the page lives. A browser reconnects by itself after a
// lost connection, but not after an answer that is no stream (a proxy's error, an ended session).
const kRetryMs = 2_000;
const kEvents = ["presence", "command", "registered", "renamed", "deleted", "health"] as const;

export type HubEvent = (typeof kEvents)[number];

export interface StreamListener {
  opened(): void;
  lost(): void;
  event(type: HubEvent, data: unknown): void;
}

export class HubStream {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly listener: StreamListener,
  ) {
    this.open();
  }

  /** Drops a connection that seems open but says nothing, and tries again at once. */
  reopen() {
    clearTimeout(this.retry);
    this.source?.close();
    if (!this.isClosed) this.open();
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.source?.close();
  }

  private open() {
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => this.listener.opened();
    source.onerror = () => {
      this.listener.lost();
      if (source.readyState === EventSource.CLOSED && !this.isClosed) {
        this.retry = setTimeout(() => this.reopen(), kRetryMs);
      }
    };
    for (const type of kEvents) {
      source.addEventListener(type, (event) =>
        this.listener.event(type, parsed((event as MessageEvent).data)),
      );
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
