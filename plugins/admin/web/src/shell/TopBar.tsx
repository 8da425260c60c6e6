import { useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useRouter } from "wouter";
import { useLive } from "../live/LiveProvider";
import { Button } from "../parts/Button";
import { PlaceLink } from "../parts/places";
import { t } from "../common_strings";
import { Navigation } from "./Navigation";

/** The name of the page and whether it is live; on a phone also the way to the menu. */
export function TopBar() {
  const [isOpen, setOpen] = useState(false);
  const { base } = useRouter();
  const live = useLive();
  return (
    <div className="top-bar">
      <span className="top-bar-menu">
        <Button kind="quiet" icon="menu" isIconOnly onPress={() => setOpen(true)}>
          {t.menu.open}
        </Button>
      </span>
      <PlaceLink to="/admin" className="brand">
        <img src={`${base}/icon.svg`} alt="" width="24" height="24" />
        {t.app.name}
      </PlaceLink>
      <span className={live.isInStep ? "live-mark is-live" : "live-mark"} role="status">
        {live.isInStep ? t.live.live : t.live.notLive}
      </span>
      <ModalOverlay className="overlay overlay-drawer" isOpen={isOpen} onOpenChange={setOpen} isDismissable>
        <Modal className="drawer">
          <Dialog aria-label={t.menu.label} className="drawer-inside">
            <Button kind="quiet" icon="close" isIconOnly onPress={() => setOpen(false)}>
              {t.common.close}
            </Button>
            <Navigation onGo={() => setOpen(false)} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </div>
  );
}
