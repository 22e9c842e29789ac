"""Chinese family names in pinyin: enough to compare a name in characters with its Latin form."""

from __future__ import annotations

#: The most frequent ones; a name of two characters is looked for first.
_BY_PINYIN = """
an 安|ao 敖|bai 白 柏|ban 班|bao 包 鲍 保|bi 毕|bian 边 卞|cai 蔡 才|cao 曹|cen 岑|chai 柴|chang 常|che 车|chen 陈 谌 陳|cheng 程 成|chi 池
|chu 褚 储 楚 初|cui 崔|dai 戴 代|deng 邓 鄧|di 狄|ding 丁|dong 董|dou 窦|du 杜 都|duan 段|fan 范 樊|fang 方 房|fei 费|feng 冯 封 馮|fu 付 傅 符 伏
|gan 甘|gao 高|ge 葛 戈|geng 耿|gong 龚 巩 宫 龔|gou 苟|gu 顾 谷 古|guan 关 管 官|gui 桂|guo 郭 国|han 韩 韓|hao 郝|he 何 贺 和|hong 洪|hou 侯
|hu 胡 扈|hua 华 花|huang 黄 黃|huo 霍|ji 季 纪 吉 姬 冀 嵇|jia 贾 賈|jian 简|jiang 江 姜 蒋 蔣|jiao 焦|jin 金 靳|jing 荆 景 井|ju 鞠 居|kang 康|ke 柯
|kong 孔|kuang 匡 邝|lai 赖|lan 兰 蓝|lang 郎|lei 雷|leng 冷|li 李 黎 厉 栗 郦|lian 连 廉|liang 梁|liao 廖|lin 林 蔺|ling 凌|liu 刘 柳 劉|long 龙|lou 娄 楼
|lu 陆 卢 鲁 路 芦 逯 陸 盧|luo 罗 骆 羅|lv 吕 呂|ma 马 麻 馬|mai 麦|man 满|mao 毛 茅|mei 梅|meng 孟 蒙|mi 米|miao 苗 缪|min 闵|mo 莫|mu 牟 穆 慕|na 那
|ni 倪|nie 聂|ning 宁|niu 牛 钮|ouyang 欧阳|pan 潘|pang 庞|pei 裴|peng 彭|pi 皮|ping 平|pu 蒲 濮 浦|qi 齐 祁 戚 亓|qian 钱 錢|qiao 乔|qin 秦 覃|qiu 邱 丘 仇 裘
|qu 曲 瞿 屈|quan 全 权|ran 冉|rao 饶|ren 任|rong 荣 容 戎|ruan 阮|sang 桑|sha 沙|shan 单|shang 尚 商|shao 邵|she 佘|shen 申 沈|sheng 盛|shi 石 史 施 时 师
|shu 舒 束|shui 水|si 司|sima 司马|situ 司徒|song 宋|su 苏 粟 蘇|sui 隋|sun 孙 孫|tan 谭 谈 檀 譚|tang 唐 汤 湯|tao 陶|teng 滕|tian 田|tong 童 佟|tu 涂 屠
|wan 万|wang 王 汪|wei 魏 韦 卫|wen 文 温 闻|weng 翁|wu 吴 武 伍 巫 邬 吳|xi 席 习 奚|xia 夏|xian 冼|xiang 向 项|xiao 肖 萧|xie 谢 解 謝|xin 辛|xing 邢|xiong 熊
|xu 徐 许 许 須 許|xuan 宣|xue 薛|yan 严 闫 颜 阎 晏 鄢 燕|yang 杨 阳 羊 楊|yao 姚|ye 叶 葉|yi 易 伊|yin 尹 殷 阴|ying 应|you 尤 游|yu 于 余 俞 喻 虞 郁 庾|yuan 袁 苑 原
|yue 岳|yun 云|zang 臧|zeng 曾|zha 查|zhai 翟|zhan 詹 占 战|zhang 张 章 张 張|zhao 赵 趙|zhen 甄|zheng 郑 鄭|zhi 支|zhong 钟 仲 锺|zhou 周|zhu 朱 祝 竺 诸|zhuang 庄
|zhuge 诸葛|zhuo 卓|zong 宗|zou 邹 鄒|zu 祖|zuo 左
"""

PINYIN = {
    name: pinyin
    for entry in _BY_PINYIN.replace("\n", "").split("|")
    for pinyin, *names in [entry.split()]
    for name in names
}
