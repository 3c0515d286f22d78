"""The mappings a plan may write where one word is not enough; the model keeps one form of them all."""

from pydantic import Field

from engine.plan.words import Model, Slugs, SomeSlugs


class Each(Model):
    each: SomeSlugs
    except_: Slugs = Field(default=(), alias="except")


class Joint(Model):
    joint: SomeSlugs
    except_: Slugs = Field(default=(), alias="except")


class Below(Model):
    below: SomeSlugs


class Same(Model):
    same: SomeSlugs


class AnyOf(Model):
    any: SomeSlugs
