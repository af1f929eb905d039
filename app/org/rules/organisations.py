"""The words of employers and institutions: kinds, staff states, roles."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    EMPLOYER = "employer"
    INSTITUTION = "institution"


class FavouredKind(StrEnum):
    """The eight kinds of enterprise that the founding document favours (补贴性培训重点企业范围)."""

    CHAIN_LEADER = "chain_leader"
    FOUR_BASES = "four_bases"
    SINGLE_CHAMPION = "single_champion"
    LITTLE_GIANT = "little_giant"
    TECHNOLOGY_MODEL = "technology_model"
    SERVICE_MODEL = "service_model"
    INNOVATION_CENTRE = "innovation_centre"
    NEW_MATERIAL_PLATFORM = "new_material_platform"


FAVOURED_NAMES = {
    FavouredKind.CHAIN_LEADER: "产业链协同重点企业",
    FavouredKind.FOUR_BASES: "“四基”企业",
    FavouredKind.SINGLE_CHAMPION: "单项冠军企业",
    FavouredKind.LITTLE_GIANT: "专精特新“小巨人”企业",
    FavouredKind.TECHNOLOGY_MODEL: "国家技术创新示范企业",
    FavouredKind.SERVICE_MODEL: "服务型制造示范企业",
    FavouredKind.INNOVATION_CENTRE: "制造业创新中心",
    FavouredKind.NEW_MATERIAL_PLATFORM: "新材料重点平台承担企业",
}


class StaffState(StrEnum):
    """Invited by the employer; joined once the person accepted; left when it is over."""

    INVITED = "invited"
    JOINED = "joined"
    LEFT = "left"


STAFF_STATE_NAMES = {
    StaffState.INVITED: "待本人确认",
    StaffState.JOINED: "已加入",
    StaffState.LEFT: "已离开",
}
