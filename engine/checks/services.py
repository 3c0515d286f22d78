"""Can the chat and message services be written to that units name?"""

from engine.i18n import _
from engine.plan.directory import Directory
from engine.plan.loader import Source


def services(source: Source, directory: Directory) -> None:
    """Addresses of services that nothing here can write to."""
    for unit_id, unit in directory.units.items():
        if address := unit.contact.apprise:
            from engine.channels.apprise import known  # only now: few plans need it, and it brings every channel

            place = ("units", unit_id, "contact", "apprise")
            match known(address):
                case None:
                    text = _("{name} cannot be checked or written to: pip install 'kh-engine[channels]'")
                    source.report_in_directory(place, "KH058", text.format(name=unit_id))
                case False:
                    text = _("apprise knows no such service: {address}").format(address=address.partition(":")[0])
                    source.report_in_directory(place, "KH059", text)
