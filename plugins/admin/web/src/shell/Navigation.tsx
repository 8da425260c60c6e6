import { Button } from "../parts/Button";
import { SelectField } from "../parts/fields";
import { Icon } from "../parts/Icon";
import { useNotices } from "../parts/notices";
import { PlaceLink, usePlace } from "../parts/places";
import { chooseTheme, useThemeChoice, type ThemeChoice } from "../parts/theme";
import { RoleBadge } from "../parts/Words";
import { useSession } from "../session/session";
import { t } from "../common_strings";
import { kHome, menu, usePluginPages, useWaitingDevices, type MenuItem } from "./menu";

/** `onGo`: called when a place was chosen (closes the drawer on a phone). */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const pages = usePluginPages();
  const waiting = useWaitingDevices();
  return (
    <div className="navigation">
      <nav aria-label={t.menu.label}>
        {menu.map((group) => (
          <div key={group.title} className="menu-group">
            {group.title && <h2 className="menu-title">{group.title}</h2>}
            <ul>
              {group.items.map((item) => (
                <MenuLink
                  key={item.to}
                  item={item}
                  count={item.to === "/admin/enrolment" ? waiting : 0}
                  onGo={onGo}
                />
              ))}
            </ul>
          </div>
        ))}
        {pages.length > 0 && (
          <div className="menu-group">
            <h2 className="menu-title">{t.menu.pluginPages}</h2>
            <ul>
              {pages.map((page) => (
                <MenuLink
                  key={page.path}
                  item={{ to: page.path, label: page.title, icon: "page" }}
                  onGo={onGo}
                />
              ))}
            </ul>
          </div>
        )}
      </nav>
      <Person />
    </div>
  );
}

interface MenuLinkProps {
  item: MenuItem;
  count?: number;
  onGo: (() => void) | undefined;
}

function MenuLink({ item, count = 0, onGo }: MenuLinkProps) {
  const place = usePlace();
  const isHere = place === item.to || (item.to !== kHome && place.startsWith(`${item.to}/`));
  return (
    <li>
      <PlaceLink
        to={item.to}
        className={isHere ? "menu-link is-here" : "menu-link"}
        aria-current={isHere ? "page" : undefined}
        onClick={() => onGo?.()}
      >
        <Icon name={item.icon} />
        <bdi>{item.label}</bdi>
        {count > 0 && (
          <span className="menu-count">
            {count}
            <span className="visually-hidden"> {t.menu.waiting}</span>
          </span>
        )}
      </PlaceLink>
    </li>
  );
}

function Person() {
  const { session, logOut } = useSession();
  const notices = useNotices();
  const theme = useThemeChoice();
  const leave = () => void logOut().catch((error: unknown) => notices.failed(t.session.notLoggedOut, error));
  return (
    <div className="person">
      <p className="person-name">
        <bdi>{session.name}</bdi> <RoleBadge role={session.role} />
      </p>
      <SelectField
        label={t.theme.label}
        isLabelHidden
        value={theme}
        choices={t.theme.choices}
        onChange={(value) => chooseTheme(value as ThemeChoice)}
      />
      <Button kind="quiet" icon="logout" onPress={leave}>
        {t.session.logOut}
      </Button>
    </div>
  );
}
