import { path, post } from "../../api/client";
import type { PluginEntry } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { t } from "../../strings";

/** Writes the wish into the configuration; the hub says when it comes true. */
export function PluginSwitch({ plugin }: { plugin: PluginEntry }) {
  const action = useAction();
  const verb = plugin.enabled ? "disable" : "enable";
  const words = t.plugins[verb];
  return (
    <ConfirmButton
      label={words.label}
      title={words.title(plugin.id)}
      consequence={words.text}
      confirmLabel={words.label}
      confirmKind={plugin.enabled ? "danger" : "primary"}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => post<{ message: string }>(path`/admin/plugins/${plugin.id}/${verb}`), {
          done: ({ message }) => message,
          failed: words.failed(plugin.id),
        })
      }
    />
  );
}
