// Every word of this page that is not one of the kit's.
export const t = {
  title: "Boots",
  none: "No device has booted yet.",
  columns: { device: "Device", boots: "Boots" },
};
