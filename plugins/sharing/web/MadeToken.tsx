import { Button, DialogBox, QrCode, SecretText, formatMoment } from "@gatetorio/admin-kit";
import { t } from "./strings";
import type { NewSharingToken } from "./types";

/** The only time that the token is known. Closes by its button alone, so that no slip loses it. */
export function MadeToken({ made, onClose }: { made: NewSharingToken | null; onClose(): void }) {
  return (
    <DialogBox
      title={t.made.title(made?.controller_id ?? "")}
      isOpen={made !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      isLocked
    >
      {made && (
        <>
          <p>{t.made.text}</p>
          <QrCode text={made.share_url} label={t.made.qr} />
          <SecretText secret={made.share_url} />
          <p>{t.made.until(formatMoment(made.expires_at))}</p>
        </>
      )}
      <div className="dialog-buttons">
        <Button kind="primary" onPress={onClose}>
          {t.made.done}
        </Button>
      </div>
    </DialogBox>
  );
}
